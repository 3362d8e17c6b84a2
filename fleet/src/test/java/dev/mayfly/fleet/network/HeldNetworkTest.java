package dev.mayfly.fleet.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.fleet.backend.slot.SlotBinary;
import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.platform.linux.Setns;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import dev.mayfly.testkit.port.LoopbackPort;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The network that a holder has for whatever it starts, with sockets of this process in there. */
class HeldNetworkTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int AT_ONCE = 60;
    private static final int LONG = 3_000_000;

    private PlayedInternet net;
    private Leaks leaks;
    private Process holder;
    private int port;

    @BeforeEach
    void hold() throws Exception {
        Needs.linux();
        Needs.root();
        Needs.that(SlotBinary.locate() instanceof LauncherBinary.Found, "slots", "mayfly-slot was not built");
        Path program = SlotBinary.locate().whereFound().orElseThrow();
        leaks = Leaks.snapshot("mayfly-held");
        net = PlayedInternet.make();
        port = LoopbackPort.free();
        holder = new ProcessBuilder(
                        net.way(program, "internet").holding(port, List.of("sh", "-c", "echo; exec sleep 600")))
                .redirectErrorStream(true)
                .start();
        assertThat((char) holder.getInputStream().read()).isEqualTo('\n');
    }

    @AfterEach
    void letGo() throws Exception {
        if (holder != null) {
            holder.destroy();
            assertThat(holder.onExit().get().exitValue())
                    .as("its command was ended")
                    .isEqualTo(1);
            net.close();
            leaks.assertUnchanged(Duration.ofSeconds(30));
        }
    }

    private long inside() {
        return holder.children().findFirst().orElseThrow().pid();
    }

    private Socket connect(String address, int to) throws IOException {
        Socket socket = Setns.inNetworkOf(inside(), () -> {
            Socket fresh = new Socket();
            fresh.bind(new InetSocketAddress("0.0.0.0", 0)); // makes it, in there
            return fresh;
        });
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(new InetSocketAddress(address, to), (int) PATIENCE.toMillis());
        return socket;
    }

    private void countsAll() {
        try (Socket socket = connect(PlayedInternet.WEB, PlayedInternet.COUNT)) {
            socket.getOutputStream().write(new byte[LONG]);
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo(LONG + "\n");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void hearsTheReset() {
        try (Socket socket = connect(PlayedInternet.WEB, PlayedInternet.RESET)) {
            InputStream in = socket.getInputStream();
            String words = PlayedInternet.LAST_WORDS;
            assertThat(new String(in.readNBytes(words.length()), StandardCharsets.US_ASCII))
                    .isEqualTo(words);
            assertThatThrownBy(() -> {
                        socket.getOutputStream().write(new byte[LONG]);
                        in.readAllBytes();
                    })
                    .as("no end that looks like one")
                    .isInstanceOf(SocketException.class);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void each_connection_ends_as_the_far_end_ends_it() {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            IntStream.range(0, AT_ONCE).forEach(i -> {
                all.add(CompletableFuture.runAsync(this::countsAll, threads));
                all.add(CompletableFuture.runAsync(this::hearsTheReset, threads));
            });
            all.forEach(CompletableFuture::join);
        }
    }

    /** At once, or when it is first used. */
    private void isReset(String address, int to) {
        assertThatThrownBy(() -> {
                    try (Socket socket = connect(address, to)) {
                        int _ = socket.getInputStream().read();
                    }
                })
                .as(address)
                .isInstanceOf(SocketException.class);
    }

    @Test
    void what_is_closed_is_refused_and_where_nobody_is_is_reset() throws Exception {
        for (String each : PlayedInternet.PRIVATE) {
            assertThatThrownBy(() -> connect(each, 80)).as(each).isInstanceOf(ConnectException.class);
        }
        isReset(PlayedInternet.WEB, PlayedInternet.NOBODY);
        // A public address that is the host's own.
        isReset(PlayedInternet.HOST.getLast(), 80);
        assertThat(net.visits()).isEmpty();
    }

    @Test
    void datagrams_of_any_size_come_back_from_where_they_were_sent_to() throws Exception {
        DatagramSocket socket =
                Setns.inNetworkOf(inside(), () -> new DatagramSocket(new InetSocketAddress("0.0.0.0", 0)));
        try (socket) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            for (int size : new int[] {0, 1, 1_400, 9_000, 60_000}) {
                InetSocketAddress web = new InetSocketAddress(PlayedInternet.WEB, PlayedInternet.ECHO);
                socket.send(new DatagramPacket(new byte[size], size, web));
                DatagramPacket answer = new DatagramPacket(new byte[1 << 16], 1 << 16);
                socket.receive(answer);
                assertThat(answer.getLength()).isEqualTo(size);
                assertThat(answer.getSocketAddress()).isEqualTo(web);
            }
        }
    }

    @Test
    void its_port_on_the_host_leads_to_port_22_in_there() throws Exception {
        ServerSocket ssh = Setns.inNetworkOf(
                inside(), () -> new ServerSocket(22, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1})));
        try (ssh;
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                Socket taken = ssh.accept()) {
            taken.getOutputStream().write('!');
            assertThat(socket.getInputStream().read()).isEqualTo('!');
        }
    }
}
