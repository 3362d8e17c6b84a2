package dev.mayfly.sandbox.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.NetCaps;
import dev.mayfly.sandbox.box.NetDecision;
import dev.mayfly.sandbox.box.NetEvidence;
import dev.mayfly.sandbox.box.NetGrant;
import dev.mayfly.sandbox.box.SlotNetwork;
import dev.mayfly.sandbox.box.SlotNetworks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole mediator on a real kernel: a namespace of the test's own, and a world that is the test's own loopback. */
@Timeout(60)
class MediatedNetworkTest {
    private static final String GOOD_ADDRESS = "93.184.216.34";

    private final Map<String, List<InetAddress>> zone = new ConcurrentHashMap<>();
    private final Map<String, Integer> lookups = new ConcurrentHashMap<>();
    private TestNamespace namespace;
    private EchoServer world;
    private SlotNetwork network;

    @BeforeEach
    void openNetwork() throws IOException {
        namespace = TestNamespace.open();
        world = new EchoServer();
        zone.put("good.example", List.of(InetAddress.getByName(GOOD_ADDRESS)));
        zone.put("other.example", List.of(InetAddress.getByName("93.184.216.35")));
        zone.put("six.example", List.of(InetAddress.getByName("2606:2800:220:1::1")));
        SlotNetworks networks = MediatedNetworks.choose(this::resolve, this::dial);
        assumeTrue(
                networks.layer().state() == LayerState.ACTIVE,
                () -> "not run here: net-mediation: " + networks.layer().reason());
        network = networks.open(namespace.pid());
    }

    @AfterEach
    void closeNetwork() throws Exception {
        if (network != null) {
            network.close();
        }
        world.close();
        namespace.close();
    }

    private List<InetAddress> resolve(String name) throws UnknownHostException {
        lookups.merge(name, 1, Integer::sum);
        List<InetAddress> found = zone.get(name);
        if (found == null) {
            throw new UnknownHostException(name);
        }
        return found;
    }

    /** Every approved address of the world is the echo server. */
    private SocketChannel dial(InetSocketAddress approved) throws IOException {
        return SocketChannel.open(world.address());
    }

    @Test
    void a_run_that_may_reach_nothing_is_refused_at_once_and_every_attempt_is_counted() throws IOException {
        network.arm(NetGrant.none());
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> namespace.connect(new InetSocketAddress("10.0.0.1", 22)))
                    .isInstanceOf(java.net.ConnectException.class);
        }
        assertThatThrownBy(() -> namespace.connect(new InetSocketAddress("2001:db8::1", 443)))
                .isInstanceOf(java.net.ConnectException.class);
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
        InetAddress address = addressIn(ask(query("good.example", 1)));
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
        InetAddress address = addressIn(ask(query("good.example", 1)));
        assertReset(new InetSocketAddress(address, 22));
        assertThat(network.disarm().violations())
                .containsExactly(new Violation("net.default", "tcp good.example:22", 1));
        assertThat(world.connections()).isZero();
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
        assertThatThrownBy(() -> namespace.connect(host)).isInstanceOf(java.net.ConnectException.class);
        network.disarm();
    }

    @Test
    void a_client_that_ends_its_half_still_gets_the_rest() throws IOException {
        network.arm(TestGrant.names("good.example:7000"));
        InetAddress address = addressIn(ask(query("good.example", 1)));
        try (SocketChannel channel = namespace.connect(new InetSocketAddress(address, 7000))) {
            channel.write(ByteBuffer.wrap("no newline".getBytes(StandardCharsets.US_ASCII)));
            channel.shutdownOutput();
            assertThat(readAll(channel)).isEqualTo("no newline");
        }
        assertThat(network.disarm().violations()).isEmpty();
    }

    @Test
    void the_byte_cap_ends_a_connection_and_is_recorded() throws IOException {
        NetCaps caps = new NetCaps(10, 10, 10_000, 10, Duration.ofSeconds(5));
        network.arm(TestGrant.names("good.example:7000").with(caps));
        InetAddress address = addressIn(ask(query("good.example", 1)));
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

    private byte[] ask(byte[] question) throws IOException {
        try (DatagramChannel udp = namespace.udp()) {
            udp.connect(new InetSocketAddress("127.0.0.53", 53));
            udp.write(ByteBuffer.wrap(question));
            byte[] answer = new byte[512];
            java.net.DatagramPacket packet = new java.net.DatagramPacket(answer, answer.length);
            udp.socket().setSoTimeout(5_000);
            udp.socket().receive(packet);
            return java.util.Arrays.copyOf(answer, packet.getLength());
        }
    }

    static byte[] query(String name, int type) {
        ByteBuffer out = ByteBuffer.allocate(512);
        out.putShort((short) 0x1234).putShort((short) 0x0100).putShort((short) 1);
        out.putShort((short) 0).putShort((short) 0).putShort((short) 0);
        for (String label : name.split("\\.")) {
            out.put((byte) label.length()).put(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        out.put((byte) 0).putShort((short) type).putShort((short) 1);
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    private static InetAddress addressIn(byte[] answer) throws UnknownHostException {
        assertThat(answer[3] & 0xf).as("response code").isZero();
        assertThat(answer[7]).as("answers").isEqualTo((byte) 1);
        return InetAddress.getByAddress(java.util.Arrays.copyOfRange(answer, answer.length - 4, answer.length));
    }

    private void assertReset(InetSocketAddress to) {
        assertThatThrownBy(() -> {
                    try (SocketChannel channel = namespace.connect(to)) {
                        talk(channel, "hello\n");
                    }
                })
                .isInstanceOf(IOException.class);
    }

    private static String talk(SocketChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
        byte[] back = channel.socket().getInputStream().readNBytes(text.length());
        if (back.length == 0) {
            throw new java.io.EOFException();
        }
        return new String(back, StandardCharsets.ISO_8859_1);
    }

    private static String readAll(SocketChannel channel) throws IOException {
        return new String(channel.socket().getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
}
