package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.time.Deadline;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.backend.machine.Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.function.IntFunction;

/** Starts QEMU in a bundle, and lets it say and hear the state of a machine. */
final class Hypervisor {
    private static final int TRIES_FOR_A_PORT = 5;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

    /** A loaded host takes seconds for what takes a tenth of one. */
    private static final Duration STATE = Duration.ofMinutes(1);

    private final Ticker ticker;

    Hypervisor(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * A port that is free now may be taken before QEMU has it; then another one is tried.
     *
     * @param command for a port
     * @return a conversation with it
     */
    Qmp start(Bundle bundle, IntFunction<List<String>> command) throws IOException, InterruptedException {
        for (int i = 1; true; i++) {
            int port = freePort();
            Files.writeString(bundle.port(), Integer.toString(port));
            Process process = new ProcessBuilder(command.apply(port))
                    .directory(bundle.folder().toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(bundle.complaints().toFile())
                    .start();
            while (process.isAlive()) {
                if (Files.exists(QemuFiles.control(bundle))) {
                    try {
                        return Qmp.connect(QemuFiles.control(bundle));
                    } catch (java.io.EOFException | java.net.ConnectException e) {
                        // It does not listen yet, or has just ended.
                        Thread.sleep(LOOK_AGAIN);
                    }
                } else {
                    Thread.sleep(LOOK_AGAIN);
                }
            }
            String said = Files.readString(bundle.complaints()).strip();
            if (i >= TRIES_FOR_A_PORT || !said.contains("forwarding")) {
                throw new IOException("QEMU ended at once: " + said);
            }
            Files.deleteIfExists(QemuFiles.control(bundle));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /**
     * Stops the machine and writes everything about it but its memory, which is a file already (migration capability
     * x-ignore-shared). Through a socket, because QEMU may start no program.
     */
    void save(Qmp qmp, Bundle bundle, Path state) throws IOException, InterruptedException {
        qmp.execute("stop");
        ignoreShared(qmp);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(QemuFiles.state(bundle)));
            listener.configureBlocking(false);
            qmp.execute("migrate", uri(bundle));
            try (SocketChannel said = accept(listener);
                    FileChannel file =
                            FileChannel.open(state, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                long at = 0;
                for (long n = file.transferFrom(said, at, Long.MAX_VALUE); n > 0; ) {
                    at += n;
                    n = file.transferFrom(said, at, Long.MAX_VALUE);
                }
                file.force(true);
            }
        } finally {
            Files.deleteIfExists(QemuFiles.state(bundle));
        }
        awaitMigration(qmp);
    }

    private SocketChannel accept(ServerSocketChannel listener) throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(STATE, ticker);
        for (SocketChannel said = listener.accept(); true; said = listener.accept()) {
            if (said != null) {
                return said;
            }
            if (deadline.passed()) {
                throw new IOException("QEMU does not say the machine's state");
            }
            Thread.sleep(LOOK_AGAIN);
        }
    }

    /** Lets a machine that waits for its state have it, and go on. */
    void restore(Qmp qmp, Bundle bundle, Path state) throws IOException, InterruptedException {
        ignoreShared(qmp);
        qmp.execute("migrate-incoming", uri(bundle));
        try (SocketChannel heard = SocketChannel.open(StandardProtocolFamily.UNIX);
                FileChannel file = FileChannel.open(state, StandardOpenOption.READ)) {
            heard.connect(UnixDomainSocketAddress.of(QemuFiles.state(bundle)));
            long size = file.size();
            for (long at = 0; at < size; ) {
                at += file.transferTo(at, size - at, heard);
            }
        }
        awaitMigration(qmp);
        Files.deleteIfExists(QemuFiles.state(bundle));
        qmp.execute("cont");
    }

    private static JsonObject uri(Bundle bundle) {
        return JsonObject.of().with("uri", "unix:" + QemuFiles.state(bundle).getFileName());
    }

    private static void ignoreShared(Qmp qmp) throws IOException {
        JsonObject capability =
                JsonObject.of().with("capability", "x-ignore-shared").with("state", new JsonBool(true));
        qmp.execute(
                "migrate-set-capabilities", JsonObject.of().with("capabilities", new JsonArray(List.of(capability))));
    }

    private void awaitMigration(Qmp qmp) throws IOException, InterruptedException {
        Deadline deadline = Deadline.in(STATE, ticker);
        while (!deadline.passed()) {
            switch (qmp.migration()) {
                case "completed" -> {
                    return;
                }
                case "failed", "cancelled" -> throw new IOException("QEMU could not take the machine's state over");
                default -> Thread.sleep(LOOK_AGAIN);
            }
        }
        throw new IOException("QEMU did not take the machine's state over within " + STATE.toSeconds() + " s");
    }
}
