package dev.mayfly.mesh.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** {@code -Dmayfly.frames=1000000} for the long run, {@code -Dmayfly.frames.seed=N} to have one again. */
class HostileFrameTest {
    private static final int FRAMES = Integer.getInteger("mayfly.frames", 20_000);
    private static final long SEED = Long.getLong("mayfly.frames.seed", new Random().nextLong());

    private final FrameEncoder encoder = new FrameEncoder();
    private final FrameDecoder decoder = new FrameDecoder();
    private final ByteBuffer out = ByteBuffer.allocate(6000);

    private static Route route(Random random) {
        boolean v4 = random.nextBoolean();
        return new Route(
                v4 ? IpAddress.v4(random.nextInt()) : IpAddress.v6(random.nextLong(), random.nextLong()),
                v4 ? IpAddress.v4(random.nextInt()) : IpAddress.v6(random.nextLong(), random.nextLong()),
                random.nextInt(0x10000),
                random.nextInt(0x10000),
                random.nextInt(0x1000000),
                random.nextInt(0x1000000),
                random.nextInt());
    }

    private byte[] packet(Random random, Route route, int sequence) {
        byte[] payload = new byte[random.nextInt(10) == 0 ? random.nextInt(4097) : random.nextInt(80)];
        random.nextBytes(payload);
        int bytes = encoder.packet(route, sequence, ByteBuffer.wrap(payload), 0, payload.length, out, 0);
        return Arrays.copyOf(out.array(), bytes);
    }

    private Decoded decode(byte[] packet) {
        return decoder.packet(ByteBuffer.wrap(packet), 0, packet.length);
    }

    @Test
    void every_frame_has_the_checksum_that_the_slow_way_finds_and_is_read_back() {
        Random random = new Random(SEED);
        for (int i = 0; i < FRAMES; i++) {
            Route route = route(random);
            int sequence = random.nextInt(0x1000000);
            byte[] packet = packet(random, route, sequence);
            int end = packet.length - 4;
            String which = "frame " + i + " of seed " + SEED;
            assertThat(Arrays.copyOfRange(packet, end, packet.length))
                    .as(which)
                    .isEqualTo(SlowIcrc.of(Arrays.copyOf(packet, end)));
            assertThat(decode(packet)).as(which).isInstanceOf(Decoded.Intact.class);
            FrameView frame = ((Decoded.Intact) decode(packet)).frame();
            assertThat(frame.targetQp()).as(which).isEqualTo(route.targetQp());
            assertThat(frame.sourceQp()).as(which).isEqualTo(route.sourceQp());
            assertThat(frame.partition()).as(which).isEqualTo(route.partition());
            assertThat(frame.queueKey()).as(which).isEqualTo(route.queueKey());
            assertThat(frame.sequence()).as(which).isEqualTo(sequence);
        }
    }

    @Test
    void one_changed_bit_is_noticed_exactly_where_routers_may_not_change_it() {
        Random random = new Random(SEED);
        for (int i = 0; i < FRAMES; i++) {
            Route route = route(random);
            byte[] packet = packet(random, route, i);
            int bit = random.nextInt(packet.length * 8);
            packet[bit / 8] ^= (byte) (0x80 >>> bit % 8);
            boolean intact = decode(packet) instanceof Decoded.Intact;
            assertThat(intact)
                    .as("bit %d of frame %d of seed %d", bit, i, SEED)
                    .isEqualTo(mayChange(route.family(), bit));
        }
    }

    /** Of IPv4 the header's own checksum notices a change of type of service or time to live. */
    private static boolean mayChange(IpAddress.Family family, int bit) {
        int place = bit / 8;
        int udp = family.headerBytes();
        boolean ip = family == IpAddress.Family.IPV6 && (bit >= 4 && place < 4 || place == 7);
        return ip || place == udp + 6 || place == udp + 7 || place == udp + 8 + 4;
    }

    @Test
    void any_bytes_get_an_answer() {
        Random random = new Random(SEED);
        int[] seen = new int[Decoded.Rejected.values().length];
        int damaged = 0;
        for (int i = 0; i < FRAMES; i++) {
            Route route = route(random);
            byte[] packet = packet(random, route, i);
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                packet[random.nextInt(Math.min(packet.length, 64))] = (byte) random.nextInt();
            }
            if (random.nextInt(4) == 0) {
                packet = Arrays.copyOf(packet, random.nextInt(packet.length + 9));
            } else if (random.nextInt(8) == 0) {
                random.nextBytes(packet);
            }
            if (random.nextBoolean() && packet.length > 20 && packet[0] >> 4 == 4) {
                packet[10] = 0;
                packet[11] = 0;
                ByteBuffer.wrap(packet).putShort(10, (short) Ipv4Checksum.of(ByteBuffer.wrap(packet), 0));
            }
            switch (decode(packet)) {
                case Decoded.Rejected why -> seen[why.ordinal()]++;
                case Decoded.Damaged noise -> {
                    damaged++;
                    FrameView claims = noise.claims();
                    assertThat(claims.payloadBytes()).isBetween(0, packet.length);
                    assertThat(claims.payloadAt() + claims.payloadBytes()).isLessThanOrEqualTo(packet.length - 4);
                }
                case Decoded.Intact same ->
                    assertThat(same.frame().payloadBytes()).isLessThan(packet.length);
            }
            int at = Math.min(packet.length, random.nextInt(60));
            decoder.frame(route.source(), route.target(), 1, ByteBuffer.wrap(packet), at, packet.length - at);
        }
        for (Decoded.Rejected why : Decoded.Rejected.values()) {
            if (why != Decoded.Rejected.TOO_LONG
                    && why != Decoded.Rejected.PADDING
                    && why != Decoded.Rejected.OTHER_ADDRESS) {
                assertThat(seen[why.ordinal()]).as("%s of seed %d", why, SEED).isPositive();
            }
        }
        assertThat(damaged).isPositive();
    }

    @Test
    void a_frame_of_more_than_one_path_mtu_is_refused_both_ways() {
        ByteBuffer large = ByteBuffer.allocate(5000);
        Route route = route(new Random(1));
        assertThatIllegalArgumentException().isThrownBy(() -> encoder.frame(route, 0, large, 0, 4097, out, 0));
        large.put(0, (byte) Roce.OPCODE_UD_SEND_ONLY);
        assertThat(decoder.frame(route.source(), route.target(), 1, large, 0, 4124))
                .isEqualTo(Decoded.Rejected.TOO_LONG);
    }

    @Test
    void a_frame_cannot_have_more_padding_than_payload() {
        Route route = route(new Random(3));
        int bytes = encoder.frame(route, 0, ByteBuffer.allocate(0), 0, 0, out, 0);
        out.put(1, (byte) 0x10);
        assertThat(decoder.frame(route.source(), route.target(), route.sourcePort(), out, 0, bytes))
                .isEqualTo(Decoded.Rejected.PADDING);
    }

    @Test
    void neither_writing_nor_reading_makes_anything() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        Route route = route(new Random(2));
        ByteBuffer payload = ByteBuffer.allocate(40);
        int rounds = 20_000;
        for (int i = 0; i < rounds; i++) {
            once(route, payload, i);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < rounds; i++) {
            once(route, payload, i);
        }
        long made = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(made).isLessThan(rounds);
    }

    private void once(Route route, ByteBuffer payload, int sequence) {
        int bytes = encoder.frame(route, sequence, payload, 0, 40, out, 0);
        Decoded decoded = decoder.frame(route.source(), route.target(), route.sourcePort(), out, 0, bytes);
        if (!(decoded instanceof Decoded.Intact)) {
            throw new AssertionError(decoded);
        }
    }
}
