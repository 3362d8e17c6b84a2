package dev.mayfly.fleet.network;

import dev.mayfly.platform.linux.Setns;
import dev.mayfly.testkit.NetSpace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Two network namespaces: a host, from which connections of runners go out, and all the rest of the world behind its cable,
 * with a web server at addresses of all kinds, one that echoes datagrams, and one that knows names. Both hear of whoever comes.
 */
public final class PlayedInternet implements AutoCloseable {
    public static final String WEB = "93.184.216.34";
    public static final String NAMES = "93.184.216.53";
    public static final String METADATA = "169.254.169.254";
    public static final String COMPANY = "10.20.0.7";
    public static final List<String> PRIVATE =
            List.of(METADATA, COMPANY, "172.16.0.9", "192.168.1.9", "100.64.0.9", "198.18.0.9");

    /** The host's own: towards its cable, a second one there, and a public one. */
    public static final List<String> HOST = List.of("10.99.0.1", "10.99.0.77", "93.184.216.1");

    public static final String HOST_OUT = "10.99.0.1";
    public static final String ROUTER = "10.99.0.2";
    public static final int ECHO = 7;
    public static final int COUNT = 9000;
    public static final int RESET = 9001;
    public static final int NOBODY = 9002;
    public static final String LAST_WORDS = "so far";
    public static final String SCRIPT = "echo the runner works";

    private static final Map<String, String> KNOWN = Map.of("example.test", WEB, "inside.test", COMPANY);
    private static final int HTTP = 80;
    private static final int DNS = 53;
    private static final int HEADER = 12;
    private static final int IPV4 = 1;

    /** Somebody came: to which address (of datagrams: with what), from which. */
    public record Visit(String to, String from) {}

    private final List<NetSpace> spaces = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();
    private final ConcurrentLinkedQueue<Visit> visits = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Visit> datagrams = new ConcurrentLinkedQueue<>();

    private PlayedInternet() {}

    public static PlayedInternet make() throws Exception {
        PlayedInternet net = new PlayedInternet();
        try {
            net.build();
            return net;
        } catch (IOException | RuntimeException e) {
            net.close();
            throw e;
        }
    }

    private void build() throws Exception {
        for (int i = 0; i < 2; i++) {
            spaces.add(NetSpace.make());
        }
        spaces.get(0)
                .shell("ip link set lo up && ip link add cable type veth peer name cable netns " + world()
                        + " && ip addr add 10.99.0.1/24 dev cable && ip addr add 10.99.0.77/24 dev cable"
                        + " && ip addr add 93.184.216.1/32 dev lo && ip link set cable up"
                        + " && ip route add default via " + ROUTER + " src " + HOST_OUT);
        StringBuilder line = new StringBuilder(
                "ip link set lo up && ip link set cable up && ip addr add " + ROUTER + "/24 dev cable");
        List<String> all = new ArrayList<>(PRIVATE);
        all.addAll(List.of(WEB, NAMES));
        all.forEach(each -> line.append(" && ip addr add ").append(each).append("/32 dev lo"));
        spaces.get(1).shell(line.toString());
        serve(world(), HTTP, this::web);
        serve(world(), COUNT, PlayedInternet::count);
        serve(world(), RESET, PlayedInternet::reset);
        serve(world(), DNS, PlayedInternet::nameOverTcp);
        serve(host(), HTTP, this::web);
        all.forEach(each -> echo(world(), each));
        HOST.forEach(each -> echo(host(), each));
        names();
    }

    private long host() {
        return spaces.get(0).pid();
    }

    private long world() {
        return spaces.get(1).pid();
    }

    /** Where connections go out from. */
    public Path outside() {
        return spaces.get(0).file();
    }

    /** What a runner of this host has. */
    public WayOut way(Path program, String... policy) {
        return new WayOut(
                program,
                NetworkPolicy.parse(List.of(policy)),
                new Resolver.Named(NAMES),
                List.of(),
                java.util.Optional.of(outside()));
    }

    public List<Visit> visits() {
        return List.copyOf(visits);
    }

    public List<Visit> datagrams() {
        return List.copyOf(datagrams);
    }

    // --- servers ---------------------------------------------------------------------------------------------------

    private interface Served {
        void by(Socket socket) throws IOException;
    }

    private void serve(long pid, int port, Served served) {
        ServerSocket listener = Setns.inNetworkOf(pid, () -> {
            ServerSocket socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress("0.0.0.0", port), 1024);
            return socket;
        });
        open.add(listener);
        Thread.startVirtualThread(() -> {
            while (!listener.isClosed()) {
                try {
                    Socket socket = listener.accept();
                    Thread.startVirtualThread(() -> {
                        try (socket) {
                            served.by(socket);
                        } catch (IOException e) {
                            // Whoever came has gone.
                        }
                    });
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    private void web(Socket socket) throws IOException {
        visits.add(new Visit(
                socket.getLocalAddress().getHostAddress(),
                socket.getInetAddress().getHostAddress()));
        BufferedReader in =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        String request = String.valueOf(in.readLine());
        String body = request.contains("/runner.sh")
                ? SCRIPT + "\n"
                : "hello from " + socket.getLocalAddress().getHostAddress() + "\n";
        socket.getOutputStream()
                .write(("HTTP/1.0 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.US_ASCII));
    }

    /** Reads to the end, and only then says how much it was. */
    private static void count(Socket socket) throws IOException {
        long all = 0;
        byte[] piece = new byte[1 << 16];
        for (int n = socket.getInputStream().read(piece);
                n > 0;
                n = socket.getInputStream().read(piece)) {
            all += n;
        }
        socket.getOutputStream().write((all + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    /** Says something, hears one byte, and breaks off. */
    private static void reset(Socket socket) throws IOException {
        socket.getOutputStream().write(LAST_WORDS.getBytes(StandardCharsets.US_ASCII));
        int _ = socket.getInputStream().read();
        socket.setSoLinger(true, 0);
    }

    private void echo(long pid, String address) {
        DatagramSocket socket = bound(pid, address, ECHO);
        Thread.startVirtualThread(() -> {
            byte[] room = new byte[1 << 16];
            while (!socket.isClosed()) {
                try {
                    DatagramPacket packet = new DatagramPacket(room, room.length);
                    socket.receive(packet);
                    datagrams.add(new Visit(
                            new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8).strip(),
                            packet.getAddress().getHostAddress()));
                    socket.send(packet);
                } catch (IOException e) {
                    // It is closed, or one packet could not be answered.
                }
            }
        });
    }

    private DatagramSocket bound(long pid, String address, int port) {
        DatagramSocket socket = Setns.inNetworkOf(pid, () -> new DatagramSocket(new InetSocketAddress(address, port)));
        open.add(socket);
        return socket;
    }

    private void names() {
        DatagramSocket socket = bound(world(), NAMES, DNS);
        Thread.startVirtualThread(() -> {
            byte[] room = new byte[512];
            while (!socket.isClosed()) {
                try {
                    DatagramPacket packet = new DatagramPacket(room, room.length);
                    socket.receive(packet);
                    byte[] said = answer(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
                    socket.send(new DatagramPacket(said, said.length, packet.getSocketAddress()));
                } catch (IOException e) {
                    // Likewise.
                }
            }
        });
    }

    private static void nameOverTcp(Socket socket) throws IOException {
        byte[] length = socket.getInputStream().readNBytes(2);
        byte[] asked = socket.getInputStream().readNBytes(length[0] << 8 | length[1] & 0xff);
        byte[] said = answer(ByteBuffer.wrap(asked));
        OutputStream out = socket.getOutputStream();
        out.write(new byte[] {(byte) (said.length >> 8), (byte) said.length});
        out.write(said);
    }

    /** RFC 1035, 4.1: one question, and an address when that is asked for and the name is known. */
    private static byte[] answer(ByteBuffer asked) throws IOException {
        asked.position(HEADER);
        StringBuilder name = new StringBuilder();
        for (int length = asked.get(); length > 0; length = asked.get()) {
            byte[] label = new byte[length];
            asked.get(label);
            name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
        }
        int type = asked.getShort();
        int end = asked.position() + 2;
        String address = KNOWN.get(name.toString());
        boolean answers = address != null && type == IPV4;
        ByteBuffer said = ByteBuffer.allocate(512);
        said.putShort(asked.getShort(0)).putShort((short) (address == null ? 0x8183 : 0x8180));
        said.putShort((short) 1).putShort((short) (answers ? 1 : 0)).putInt(0);
        said.put(asked.array(), asked.arrayOffset() + HEADER, end - HEADER);
        if (answers) {
            said.putShort((short) 0xc00c)
                    .putShort((short) IPV4)
                    .putShort((short) 1)
                    .putInt(0)
                    .putShort((short) 4);
            said.put(InetAddress.getByName(address).getAddress());
        }
        byte[] bytes = new byte[said.flip().remaining()];
        said.get(bytes);
        return bytes;
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        spaces.forEach(NetSpace::close);
    }
}
