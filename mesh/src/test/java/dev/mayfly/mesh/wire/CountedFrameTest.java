package dev.mayfly.mesh.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Frames of RDMA cards, which count identifications, and what cards leave of a header. */
class CountedFrameTest {
    private static final long SEED = 4711;
    private static final int HEADERS = 28;

    private final Random random = new Random(SEED);
    private final FrameEncoder encoder = new FrameEncoder();
    private final FrameDecoder decoder = new FrameDecoder();

    private final Route route =
            new Route(IpAddress.parse("10.0.0.1"), IpAddress.parse("10.0.0.2"), 0xC001, 0xFFFF, 0x11, 0x12, 0x11111111);

    private byte[] counted(int identification, int payload) {
        ByteBuffer out = ByteBuffer.allocate(2000);
        byte[] content = new byte[payload];
        random.nextBytes(content);
        int bytes = encoder.packet(route, 7, ByteBuffer.wrap(content), 0, payload, out, 0);
        byte[] packet = Arrays.copyOf(out.array(), bytes);
        ByteBuffer.wrap(packet).putShort(4, (short) identification);
        byte[] checksum = SlowIcrc.of(Arrays.copyOf(packet, bytes - 4));
        System.arraycopy(checksum, 0, packet, bytes - 4, 4);
        return packet;
    }

    private Decoded strict(byte[] packet) {
        return decoder.frame(
                route.source(), route.target(), 0xC001, ByteBuffer.wrap(packet), HEADERS, packet.length - HEADERS);
    }

    private Decoded ofAnybody(byte[] packet) {
        return decoder.frameOfAnybody(
                route.source(), route.target(), 0xC001, ByteBuffer.wrap(packet), HEADERS, packet.length - HEADERS);
    }

    @Test
    void a_frame_with_any_identification_is_intact() {
        for (int identification : new int[] {0, 1, 0x100, 0x718C, 0xFFFF}) {
            byte[] packet = counted(identification, 40);
            assertThat(ofAnybody(packet)).isInstanceOf(Decoded.Intact.class);
            assertThat(strict(packet) instanceof Decoded.Intact).isEqualTo(identification == 0);
        }
        for (int i = 0; i < 2_000; i++) {
            byte[] packet = counted(random.nextInt(0x10000), random.nextInt(300));
            assertThat(ofAnybody(packet)).as("frame %d of seed %d", i, SEED).isInstanceOf(Decoded.Intact.class);
            FrameView frame = ((Decoded.Intact) ofAnybody(packet)).frame();
            assertThat(frame.targetQp()).isEqualTo(0x11);
            assertThat(frame.sequence()).isEqualTo(7);
        }
    }

    @Test
    void a_frame_that_was_changed_is_damaged_but_for_one_in_many_thousands() {
        int passed = 0;
        int tried = 20_000;
        for (int i = 0; i < tried; i++) {
            byte[] packet = counted(random.nextInt(0x10000), 40);
            int at = HEADERS + Roce.BTH_BYTES + random.nextInt(packet.length - HEADERS - Roce.BTH_BYTES - 4);
            for (int k = 0; k < 4 && at + k < packet.length; k++) {
                packet[at + k] ^= (byte) random.nextInt(1, 256);
            }
            passed += ofAnybody(packet) instanceof Decoded.Intact ? 1 : 0;
        }
        // 0.3 are expected; the seed is fixed.
        assertThat(passed).isLessThan(6);
    }

    @Test
    void each_source_port_of_a_card_has_a_flow_label_and_others_have_none() {
        for (int port = Roce.FIRST_SOURCE_PORT; port <= 0xFFFF; port++) {
            FlowLabel label = FlowLabel.ofSourcePort(port);
            assertThat(label.sourcePort()).isEqualTo(port);
            assertThat(label.bits()).isPositive();
        }
        assertThatIllegalArgumentException().isThrownBy(() -> FlowLabel.ofSourcePort(Roce.FIRST_SOURCE_PORT - 1));
        assertThatIllegalArgumentException().isThrownBy(() -> FlowLabel.ofSourcePort(0x10000));
    }

    @Test
    void a_card_that_took_the_headers_off_is_read_like_a_wire() {
        ByteBuffer in = ByteBuffer.allocate(100).putLong(50, 99);
        FrameView frame = new CardFrame().view(in, 50, 37, 0x123456, 0xFF654321, -5);
        assertThat(frame.payloadAt()).isEqualTo(50);
        assertThat(frame.payloadBytes()).isEqualTo(37);
        assertThat(frame.targetQp()).isEqualTo(0x123456);
        assertThat(frame.sourceQp()).isEqualTo(0x654321);
        assertThat(frame.queueKey()).isEqualTo(-5);
        assertThat(frame.partition()).isEqualTo(Route.DEFAULT_PARTITION);
        assertThat(in.getLong(50)).isEqualTo(99);
    }

    @Test
    void any_forty_bytes_are_a_header_of_one_version_or_none() {
        int found = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] noise = new byte[60];
            random.nextBytes(noise);
            GlobalHeader header = GlobalHeader.read(ByteBuffer.wrap(noise), random.nextInt(21));
            found += header == null ? 0 : 1;
        }
        assertThat(found).isBetween(2_000, 5_000); // Those whose first four bits are 6.
    }
}
