package dev.mayfly.sandbox.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.NetCaps;
import dev.mayfly.sandbox.box.NetDecision;
import dev.mayfly.sandbox.box.NetEvidence;
import dev.mayfly.sandbox.box.NetGrant;
import dev.mayfly.sandbox.box.SlotNetwork;
import dev.mayfly.sandbox.box.SlotNetworks;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class MediatedNetworkTest extends OnARealKernel {
    @Test
    void a_run_that_may_reach_nothing_is_refused_at_once_and_every_attempt_is_counted() throws IOException {
        network.arm(NetGrant.none());
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> namespace.connect(new InetSocketAddress("10.0.0.1", 22)))
                    .isInstanceOf(ConnectException.class);
        }
        assertThatThrownBy(() -> namespace.connect(new InetSocketAddress("2001:db8::1", 443)))
                .isInstanceOf(ConnectException.class);
        try (DatagramChannel udp = namespace.udp()) {
            udp.send(ByteBuffer.wrap(new byte[10]), new InetSocketAddress("8.8.8.8", 443));
        }
        assertThat(network.disarm().violations())
                .containsExactly(
                        new Violation("net.default", "tcp 10.0.0.1:22", 3),
                        new Violation("net.default", "tcp [2001:db8::1]:443", 1),
                        new Violation("net.default", "udp 8.8.8.8:443", 1));
        network.arm(NetGrant.none());
        assertThat(network.disarm()).isEqualTo(NetEvidence.NOTHING);
    }

    @Test
    void names_asked_for_are_evidence_even_when_nothing_may_be_reached() throws IOException {
        network.arm(NetGrant.none());
        byte[] answer = ask(query("evil.example", 1));
        assertThat(answer[3] & 0xf).as("NXDOMAIN").isEqualTo(3);
        assertThat(network.disarm().violations()).containsExactly(new Violation("net.default", "dns evil.example", 1));
    }

    @Test
    void a_permitted_name_is_reached_through_the_address_that_our_name_server_gives() throws IOException {
        network.arm(TestGrant.names("good.example:7000"));
        InetAddress address = addressOf("good.example");
        assertThat(address.getHostAddress()).startsWith("198.18.");
        try (SocketChannel channel = namespace.connect(new InetSocketAddress(address, 7000))) {
            assertThat(talk(channel, "hello\n")).isEqualTo("hello\n");
        }
        NetEvidence evidence = network.disarm();
        assertThat(evidence.violations()).isEmpty();
        assertThat(evidence.decisions())
                .containsExactly(
                        new NetDecision("dns good.example", true, "name rule", 1, 0),
                        new NetDecision("tcp good.example:7000", true, "name rule", 1, 12));
    }

    @Test
    void another_port_of_a_permitted_name_is_reset_and_recorded() throws IOException {
        network.arm(TestGrant.names("good.example:7000"));
        InetAddress address = addressOf("good.example");
        assertReset(new InetSocketAddress(address, 22));
        assertThat(network.disarm().violations())
                .containsExactly(new Violation("net.default", "tcp good.example:22", 1));
        assertThat(world.connections()).isZero();
    }

    @Test
    void a_grant_of_names_only_leaves_literal_addresses_to_the_kernel_which_refuses_at_once() {
        network.arm(TestGrant.names("good.example:7000"));
        assertThatThrownBy(() -> namespace.connect(new InetSocketAddress("93.184.216.34", 7000)))
                .isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> namespace.connect(new InetSocketAddress("2001:db8::1", 7000)))
                .isInstanceOf(ConnectException.class);
        assertThat(network.disarm().violations())
                .containsExactly(
                        new Violation("net.default", "tcp 93.184.216.34:7000", 1),
                        new Violation("net.default", "tcp [2001:db8::1]:7000", 1));
    }

    @Test
    void the_box_has_an_address_of_its_own_so_that_programs_believe_in_ipv4() {
        List<String> addresses = namespace.inside(() -> NetworkInterface.getByName("lo")
                .inetAddresses()
                .map(InetAddress::getHostAddress)
                .toList());
        assertThat(addresses).contains("127.0.0.1", "198.19.255.254");
    }

    @Test
    void the_jobs_own_loopback_services_work() throws IOException {
        network.arm(NetGrant.none());
        try (ServerSocketChannel own = namespace.inside(
                        () -> ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 8088)));
                SocketChannel to = namespace.connect(new InetSocketAddress("127.0.0.1", 8088));
                SocketChannel from = own.accept()) {
            from.write(ByteBuffer.wrap(new byte[] {42}));
            ByteBuffer one = ByteBuffer.allocate(1);
            to.read(one);
            assertThat(one.get(0)).isEqualTo((byte) 42);
        }
        assertThat(network.disarm()).isEqualTo(NetEvidence.NOTHING);
    }

    @Test
    void the_hosts_loopback_is_reached_only_on_ports_that_a_rule_names() throws IOException {
        int port = world.address().getPort();
        InetSocketAddress host = new InetSocketAddress("127.0.0.1", port);
        network.arm(TestGrant.nothing().with(host).withLoopback(port));
        try (SocketChannel channel = namespace.connect(host)) {
            assertThat(talk(channel, "x\n")).isEqualTo("x\n");
        }
        assertThat(network.disarm().violations()).isEmpty();
        network.arm(TestGrant.names("good.example:7000"));
        assertThatThrownBy(() -> namespace.connect(host)).isInstanceOf(ConnectException.class);
        network.disarm();
    }

    @Test
    void a_client_that_ends_its_half_still_gets_the_rest() throws IOException {
        network.arm(TestGrant.names("good.example:7000"));
        InetAddress address = addressOf("good.example");
        try (SocketChannel channel = namespace.connect(new InetSocketAddress(address, 7000))) {
            channel.write(ByteBuffer.wrap(latin("no newline")));
            channel.shutdownOutput();
            assertThat(readAll(channel)).isEqualTo("no newline");
        }
        assertThat(network.disarm().violations()).isEmpty();
    }

    @Test
    void the_byte_cap_ends_a_connection_and_is_recorded() throws IOException {
        NetCaps caps = new NetCaps(10, 10, 10_000, 10, Duration.ofSeconds(5));
        network.arm(TestGrant.names("good.example:7000").with(caps));
        InetAddress address = addressOf("good.example");
        try (SocketChannel channel = namespace.connect(new InetSocketAddress(address, 7000))) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            talk(channel, "x".repeat(1000) + "\n");
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
        assertThat(network.disarm().violations()).containsExactly(new Violation("net.caps", "bytes", 1));
        assertThat(world.bytesHeard()).isLessThanOrEqualTo(10_000);
    }

    @Test
    void ipv6_destinations_are_mediated_like_ipv4() throws Exception {
        InetSocketAddress six = new InetSocketAddress("2606:2800:220:1::1", 443);
        network.arm(TestGrant.nothing().with(six));
        try (SocketChannel channel = namespace.connect(six)) {
            assertThat(talk(channel, "six\n")).isEqualTo("six\n");
        }
        assertReset(new InetSocketAddress("2606:2800:220:1::2", 443));
        NetEvidence evidence = network.disarm();
        assertThat(evidence.violations())
                .containsExactly(new Violation("net.default", "tcp [2606:2800:220:1::2]:443", 1));
        assertThat(dialled).containsExactly(six);
    }

    @Test
    void a_name_with_only_ipv6_addresses_is_reached_through_its_synthetic_address() throws Exception {
        network.arm(TestGrant.names("six.example:443"));
        assertThat(ask(query("six.example", 28))[7]).as("AAAA has no data").isZero();
        try (SocketChannel channel = namespace.connect(new InetSocketAddress(addressOf("six.example"), 443))) {
            assertThat(talk(channel, "six\n")).isEqualTo("six\n");
        }
        assertThat(network.disarm().violations()).isEmpty();
        assertThat(dialled).containsExactly(new InetSocketAddress("2606:2800:220:1::1", 443));
    }

    @Test
    void both_proxy_languages_reach_a_permitted_name() throws Exception {
        network.arm(TestGrant.names("good.example:7000"));
        assertThat(connectByHttp("good.example:7000")).isEqualTo("HTTP/1.1 200 Connection established");
        assertThat(connectBySocks(latin("good.example"), 7000)).isZero();
        try (SocketChannel channel = namespace.connect(new InetSocketAddress("127.0.0.1", 3128))) {
            assertThat(socksReply(channel, latin("GOOD.example."), 7000)).isZero();
            assertThat(talk(channel, "through\n")).isEqualTo("through\n");
        }
        assertThat(network.disarm().violations()).isEmpty();
    }

    @Test
    void dns_over_tcp_gives_the_same_answers() throws Exception {
        network.arm(TestGrant.names("good.example:7000"));
        InetAddress byUdp = addressOf("good.example");
        try (SocketChannel channel = namespace.connect(new InetSocketAddress("127.0.0.53", 53))) {
            for (String name : new String[] {"good.example", "evil.example"}) {
                byte[] question = query(name, 1);
                channel.write(ByteBuffer.allocate(2 + question.length)
                        .putShort((short) question.length)
                        .put(question)
                        .flip());
                byte[] length = channel.socket().getInputStream().readNBytes(2);
                byte[] answer =
                        channel.socket().getInputStream().readNBytes((length[0] & 0xff) << 8 | length[1] & 0xff);
                if (name.startsWith("good")) {
                    assertThat(addressIn(answer)).isEqualTo(byUdp);
                } else {
                    assertThat(answer[3] & 0xf).isEqualTo(3);
                }
            }
        }
        assertThat(network.disarm().violations()).containsExactly(new Violation("net.default", "dns evil.example", 1));
    }

    @Test
    void record_types_that_carry_text_are_empty_and_recorded() throws IOException {
        network.arm(TestGrant.names("good.example:7000"));
        for (int type : new int[] {16, 65, 255}) {
            byte[] answer = ask(query("good.example", type));
            assertThat(answer[3] & 0xf).isZero();
            assertThat(answer[7]).isZero();
        }
        NetEvidence evidence = network.disarm();
        assertThat(evidence.violations())
                .containsExactly(
                        new Violation("net.default", "dns good.example type 16", 1),
                        new Violation("net.default", "dns good.example type 255", 1));
        assertThat(evidence.decisions())
                .contains(new NetDecision("dns good.example type 65", true, "answered empty", 1, 0));
    }

    @Test
    void a_name_that_does_not_exist_is_no_violation() throws IOException {
        zone.remove("good.example");
        network.arm(TestGrant.names("good.example:7000"));
        assertThat(ask(query("good.example", 1))[3] & 0xf).isEqualTo(3);
        assertThat(connectByHttp("good.example:7000")).startsWith("HTTP/1.1 502");
        assertThat(network.disarm().violations()).isEmpty();
    }

    @Test
    void other_name_servers_are_out_of_reach() throws IOException {
        network.arm(TestGrant.names("good.example:7000"));
        try (DatagramChannel udp = namespace.udp()) {
            udp.send(ByteBuffer.wrap(query("good.example", 1)), new InetSocketAddress("8.8.8.8", 53));
            udp.send(ByteBuffer.wrap(query("good.example", 1)), new InetSocketAddress("127.0.0.1", 53));
        }
        assertReset(new InetSocketAddress("8.8.8.8", 53));
        assertReset(new InetSocketAddress("8.8.8.8", 853));
        assertThat(network.disarm().violations())
                .containsExactly(
                        new Violation("net.default", "tcp 8.8.8.8:53", 1),
                        new Violation("net.default", "tcp 8.8.8.8:853", 1),
                        new Violation("net.default", "udp 127.0.0.1:53", 1),
                        new Violation("net.default", "udp 8.8.8.8:53", 1));
    }

    @Test
    void more_destinations_than_can_be_listed_are_one_number() throws IOException {
        network.arm(NetGrant.none());
        try (DatagramChannel udp = namespace.udp()) {
            for (int i = 0; i < 400; i++) {
                udp.send(ByteBuffer.wrap(new byte[1]), new InetSocketAddress("10.1.0." + (i % 200), 7000 + i / 200));
            }
        }
        NetEvidence evidence = network.disarm();
        assertThat(evidence.violations()).contains(new Violation("net.default", "(more destinations)", 144 + 144));
        network.arm(NetGrant.none());
        assertThat(network.disarm())
                .as("the next run begins with an empty table")
                .isEqualTo(NetEvidence.NOTHING);
    }

    @Test
    void a_run_learns_nothing_of_the_names_of_the_run_before() throws IOException {
        network.arm(TestGrant.names("good.example:7000"));
        InetAddress address = addressOf("good.example");
        network.disarm();
        network.arm(TestGrant.names("good.example:7000"));
        assertReset(new InetSocketAddress(address, 7000));
        assertThat(network.disarm().decisions())
                .containsExactly(
                        new NetDecision("tcp 198.18.0.1:7000", false, "address that no lookup gave out", 1, 0));
    }

    @Test
    void a_connection_that_outlives_its_run_is_reset_with_it() throws IOException {
        network.arm(TestGrant.names("good.example:7000"));
        try (SocketChannel channel = namespace.connect(new InetSocketAddress(addressOf("good.example"), 7000))) {
            assertThat(talk(channel, "one\n")).isEqualTo("one\n");
            network.disarm();
            assertThatThrownBy(() -> talk(channel, "two\n")).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> namespace.connect(new InetSocketAddress("198.18.0.1", 7000)))
                .isInstanceOf(ConnectException.class);
        network.arm(NetGrant.none());
        network.disarm();
    }

    @Test
    void closing_takes_everything_back_and_may_be_repeated() throws Exception {
        network.arm(TestGrant.names("good.example:7000"));
        try (SocketChannel channel = namespace.connect(new InetSocketAddress(addressOf("good.example"), 7000))) {
            talk(channel, "one\n");
            network.close();
            network.close();
            assertThatThrownBy(() -> talk(channel, "two\n")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void slots_can_be_opened_and_closed_often_without_a_trace() throws Exception {
        network.close();
        SlotNetworks networks =
                MediatedNetworks.choose(this::resolve, to -> SocketChannel.open(world.address()), own::contains);
        networks.layer(); // when it has answered, the probe has left nothing open
        int before = descriptors();
        for (int i = 0; i < 30; i++) {
            SlotNetwork one = networks.open(namespace.pid());
            one.arm(TestGrant.names("good.example:7000"));
            one.disarm();
            one.close();
        }
        assertThat(descriptors()).isLessThanOrEqualTo(before + 2);
    }

    private static int descriptors() throws IOException {
        try (var list = Files.list(Path.of("/proc/self/fd"))) {
            return (int) list.count();
        }
    }
}
