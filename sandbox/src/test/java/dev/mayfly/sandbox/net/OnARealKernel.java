package dev.mayfly.sandbox.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.box.SlotNetwork;
import dev.mayfly.sandbox.box.SlotNetworks;
import java.io.EOFException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** The whole mediator on a real kernel: a namespace of the test's own, and a world that is the test's own loopback. */
@Timeout(60)
abstract class OnARealKernel {
    private static final String GOOD_ADDRESS = "93.184.216.34";

    final Map<String, List<InetAddress>> zone = new ConcurrentHashMap<>();
    final Map<String, Integer> lookups = new ConcurrentHashMap<>();
    final Set<InetAddress> own = ConcurrentHashMap.newKeySet();
    /** Names that begin with "slow" wait here until the test is over. */
    final Semaphore slow = new Semaphore(0);

    TestNamespace namespace;
    EchoServer world;
    final List<InetSocketAddress> dialled = Collections.synchronizedList(new ArrayList<>());
    SlotNetwork network;

    @BeforeEach
    void openNetwork() throws IOException {
        namespace = TestNamespace.open();
        world = new EchoServer();
        zone.put("good.example", List.of(InetAddress.getByName(GOOD_ADDRESS)));
        zone.put("other.example", List.of(InetAddress.getByName("93.184.216.35")));
        zone.put("six.example", List.of(InetAddress.getByName("2606:2800:220:1::1")));
        SlotNetworks networks = MediatedNetworks.choose(this::resolve, this::dial, own::contains);
        assumeTrue(
                networks.layer().state() == LayerState.ACTIVE,
                () -> "not run here: net-mediation: " + networks.layer().reason());
        network = networks.open(namespace.pid());
    }

    @AfterEach
    void closeNetwork() throws Exception {
        slow.release(1);
        if (network != null) {
            network.close();
        }
        world.close();
        namespace.close();
    }

    List<InetAddress> resolve(String name) throws UnknownHostException {
        lookups.merge(name, 1, Integer::sum);
        if (name.startsWith("slow")) {
            slow.acquireUninterruptibly();
            slow.release();
        }
        List<InetAddress> found = zone.get(name);
        if (found == null) {
            throw new UnknownHostException(name);
        }
        return found;
    }

    /** Every approved address of the world is the echo server. */
    private SocketChannel dial(InetSocketAddress approved) throws IOException {
        dialled.add(approved);
        return SocketChannel.open(world.address());
    }

    byte[] ask(byte[] question) throws IOException {
        try (DatagramChannel udp = namespace.udp()) {
            udp.connect(new InetSocketAddress("127.0.0.53", 53));
            udp.write(ByteBuffer.wrap(question));
            byte[] answer = new byte[512];
            DatagramPacket packet = new DatagramPacket(answer, answer.length);
            udp.socket().setSoTimeout(5_000);
            udp.socket().receive(packet);
            return Arrays.copyOf(answer, packet.getLength());
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
        return Arrays.copyOf(out.array(), out.position());
    }

    static InetAddress addressIn(byte[] answer) throws UnknownHostException {
        assertThat(answer[3] & 0xf).as("response code").isZero();
        assertThat(answer[7]).as("answers").isEqualTo((byte) 1);
        return InetAddress.getByAddress(Arrays.copyOfRange(answer, answer.length - 4, answer.length));
    }

    /** The synthetic address of a permitted name, as a job learns it. */
    InetAddress addressOf(String name) throws IOException {
        return addressIn(ask(query(name, 1)));
    }

    static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** What a proxy client gets to see: the first line of the answer, or nothing. */
    String connectByHttp(String target) throws IOException {
        try (SocketChannel channel = namespace.connect(new InetSocketAddress("127.0.0.1", 3128))) {
            channel.write(ByteBuffer.wrap(latin("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n")));
            return firstLine(channel);
        }
    }

    static String firstLine(SocketChannel channel) {
        StringBuilder line = new StringBuilder();
        try {
            ByteBuffer one = ByteBuffer.allocate(1);
            while (channel.read(one.clear()) > 0 && one.get(0) != '\r') {
                line.append((char) one.get(0));
            }
        } catch (IOException reset) {
            line.append("(reset)");
        }
        return line.toString();
    }

    /** The reply code of a SOCKS5 request by name; -1 when there was none. */
    int connectBySocks(byte[] name, int port) throws IOException {
        try (SocketChannel channel = namespace.connect(new InetSocketAddress("127.0.0.1", 3128))) {
            return socksReply(channel, name, port);
        }
    }

    static int socksReply(SocketChannel channel, byte[] name, int port) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(300).put(new byte[] {5, 1, 0});
        out.put(new byte[] {5, 1, 0, 3, (byte) name.length}).put(name).putShort((short) port);
        channel.write(out.flip());
        try {
            byte[] greeting = channel.socket().getInputStream().readNBytes(2);
            byte[] reply = channel.socket().getInputStream().readNBytes(10);
            return greeting.length == 2 && reply.length == 10 ? reply[1] : -1;
        } catch (IOException reset) {
            return -1;
        }
    }

    void assertReset(InetSocketAddress to) {
        assertThatThrownBy(() -> {
                    try (SocketChannel channel = namespace.connect(to)) {
                        talk(channel, "hello\n");
                    }
                })
                .isInstanceOf(IOException.class);
    }

    static String talk(SocketChannel channel, String text) throws IOException {
        channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
        byte[] back = channel.socket().getInputStream().readNBytes(text.length());
        if (back.length == 0) {
            throw new EOFException();
        }
        return new String(back, StandardCharsets.ISO_8859_1);
    }

    static String readAll(SocketChannel channel) throws IOException {
        return new String(channel.socket().getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
}
