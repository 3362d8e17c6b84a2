package dev.mayfly.sandbox.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.NetCaps;
import dev.mayfly.sandbox.box.NetEvidence;
import dev.mayfly.sandbox.box.NetGrant;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A job that wants to wear the mediator out meets a bound, and the bound is in the evidence. */
class LimitsTest extends OnARealKernel {
    private static NetCaps caps(int connections, int concurrent, Duration idle) {
        return new NetCaps(connections, concurrent, 128L << 20, 8, idle);
    }

    @Test
    void ten_thousand_connections_stop_at_the_cap_and_all_are_counted() throws IOException {
        network.arm(TestGrant.names("good.example:7000").with(caps(100, 16, Duration.ofSeconds(5))));
        InetSocketAddress good = new InetSocketAddress(addressOf("good.example"), 7000);
        int attempts = 10_000;
        namespace.inside(() -> {
            for (int i = 0; i < attempts; i++) {
                try (SocketChannel one = SocketChannel.open()) {
                    one.setOption(StandardSocketOptions.SO_LINGER, 0);
                    one.connect(good);
                } catch (IOException refused) {
                    // what most of them get
                }
            }
            return attempts;
        });
        NetEvidence evidence = network.disarm();
        assertThat(world.connections()).isLessThanOrEqualTo(100);
        long counted = evidence.decisions().stream()
                .filter(decision -> !decision.subject().startsWith("dns"))
                .mapToLong(decision -> decision.count())
                .sum();
        assertThat(counted).isEqualTo(attempts);
        assertThat(evidence.violations()).anyMatch(violation -> violation.rule().equals("net.caps"));
    }

    @Test
    void connections_at_once_are_bounded() throws IOException {
        network.arm(TestGrant.names("good.example:7000").with(caps(100, 4, Duration.ofSeconds(5))));
        InetSocketAddress good = new InetSocketAddress(addressOf("good.example"), 7000);
        List<SocketChannel> held = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                SocketChannel one = namespace.connect(good);
                held.add(one);
                assertThat(talk(one, "x\n")).isEqualTo("x\n");
            }
            assertReset(good);
            held.removeFirst().close();
            assertThat(eventually(() -> talkOnce(good))).isTrue();
        } finally {
            for (SocketChannel one : held) {
                one.close();
            }
        }
        assertThat(network.disarm().violations()).allSatisfy(violation -> {
            assertThat(violation.rule()).isEqualTo("net.caps");
            assertThat(violation.subject()).isEqualTo("concurrent");
        });
    }

    @Test
    void a_client_that_announces_itself_byte_by_byte_is_cut_off() throws Exception {
        network.arm(TestGrant.names("good.example:7000").with(caps(10, 10, Duration.ofMillis(400))));
        for (InetSocketAddress to : List.of(
                new InetSocketAddress("127.0.0.1", 3128), new InetSocketAddress(addressOf("good.example"), 7000))) {
            long began = System.nanoTime();
            try (SocketChannel channel = namespace.connect(to)) {
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 400; i++) {
                                channel.write(ByteBuffer.wrap(latin("G")));
                                Thread.sleep(25);
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(5));
        }
        assertThat(network.disarm().violations())
                .containsExactly(
                        new Violation("net.caps", "tcp (proxy request)", 1),
                        new Violation("net.caps", "tcp good.example:7000", 1));
    }

    @Test
    void a_silent_connection_is_closed() throws IOException {
        network.arm(TestGrant.names("good.example:7000").with(caps(10, 10, Duration.ofMillis(300))));
        try (SocketChannel channel = namespace.connect(new InetSocketAddress(addressOf("good.example"), 7000))) {
            assertThat(firstLine(channel)).isEqualTo("(reset)");
        }
        assertThat(network.disarm().violations())
                .containsExactly(new Violation("net.caps", "tcp good.example:7000", 1));
    }

    @Test
    void different_names_are_bounded() throws IOException {
        String[] names = new String[9];
        for (int i = 0; i < names.length; i++) {
            zone.put("n" + i + ".example", zone.get("good.example"));
            names[i] = "n" + i + ".example:443";
        }
        network.arm(TestGrant.names(names).with(caps(10, 10, Duration.ofSeconds(5))));
        for (int i = 0; i < 8; i++) {
            addressOf("n" + i + ".example");
        }
        assertThat(ask(query("n8.example", 1))[3] & 0xf).as("REFUSED").isEqualTo(5);
        assertThat(network.disarm().violations()).containsExactly(new Violation("net.caps", "names", 1));
    }

    @Test
    void lookups_that_a_run_leaves_unanswered_take_none_from_the_next_one() throws Exception {
        String[] names = new String[40];
        for (int i = 0; i < names.length; i++) {
            names[i] = "slow" + i + ".example:443";
        }
        network.arm(TestGrant.names(names).with(new NetCaps(10, 10, 1 << 20, 64, Duration.ofSeconds(5))));
        try (DatagramChannel udp = namespace.udp()) {
            for (int i = 0; i < names.length; i++) {
                udp.send(ByteBuffer.wrap(query("slow" + i + ".example", 1)), new InetSocketAddress("127.0.0.53", 53));
            }
        }
        assertThat(eventually(() -> slow.getQueueLength() == 32)).isTrue();
        assertThat(network.disarm().violations()).containsExactly(new Violation("net.caps", "lookups", 8));
        network.arm(TestGrant.names("good.example:443"));
        addressOf("good.example");
        assertThat(network.disarm().violations()).isEmpty();
    }

    @Test
    void a_flood_of_questions_is_stopped_and_the_next_run_is_served_again() throws IOException {
        network.arm(NetGrant.none());
        byte[] question = query("evil.example", 1);
        try (DatagramChannel udp = namespace.udp()) {
            for (int i = 0; i < 30_000; i++) {
                udp.send(ByteBuffer.wrap(question), new InetSocketAddress("127.0.0.53", 53));
            }
        }
        NetEvidence evidence = network.disarm();
        assertThat(evidence.violations())
                .anyMatch(violation -> violation.subject().equals("dns evil.example"));
        network.arm(NetGrant.none());
        assertThat(ask(question)[3] & 0xf).isEqualTo(3);
        assertThat(network.disarm().violations()).containsExactly(new Violation("net.default", "dns evil.example", 1));
    }

    @Test
    void megabytes_pass_unchanged_and_in_step_with_a_slow_reader() throws Exception {
        network.arm(TestGrant.names("good.example:7000").with(caps(10, 10, Duration.ofSeconds(10))));
        int size = 48 << 20; // more than the buffers of three sockets hold
        byte[] sent = new byte[size];
        new java.util.Random(7).nextBytes(sent);
        sent[0] = 0; // neither TLS nor text
        try (SocketChannel channel = namespace.connect(new InetSocketAddress(addressOf("good.example"), 7000))) {
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    ByteBuffer out = ByteBuffer.wrap(sent);
                    while (out.hasRemaining()) {
                        channel.write(out);
                    }
                    channel.shutdownOutput();
                } catch (IOException e) {
                    // the reader sees it
                }
            });
            Thread.sleep(200);
            assertThat(world.bytesHeard())
                    .as("nobody reads yet, so not all can be on its way")
                    .isLessThan(size);
            byte[] back = channel.socket().getInputStream().readAllBytes();
            writer.join();
            assertThat(Arrays.equals(back, sent)).isTrue();
        }
        NetEvidence evidence = network.disarm();
        assertThat(evidence.violations()).isEmpty();
        assertThat(evidence.decisions())
                .anyMatch(decision ->
                        decision.subject().equals("tcp good.example:7000") && decision.bytes() == 2L * size);
    }

    private boolean talkOnce(InetSocketAddress to) {
        try (SocketChannel channel = namespace.connect(to)) {
            return talk(channel, "y\n").equals("y\n");
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean eventually(java.util.function.BooleanSupplier what) {
        for (int i = 0; i < 50; i++) {
            if (what.getAsBoolean()) {
                return true;
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return false;
    }
}
