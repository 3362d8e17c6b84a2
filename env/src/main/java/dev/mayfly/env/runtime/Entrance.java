package dev.mayfly.env.runtime;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Starts {@code mayfly-enter} and hands it its plan. */
final class Entrance {
    private static final Duration CONNECTS_WITHIN = Duration.ofSeconds(10);

    private final Path program;

    Entrance(Path program) {
        this.program = program;
    }

    /** Returns when the command is about to start. The folder of the socket is short: its path has 107 bytes at most. */
    Running start(byte[] plan, Path target, Streams streams) {
        try {
            Path folder = Files.createTempDirectory("mayfly-enter-");
            Path address = folder.resolve("s");
            try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
                server.bind(UnixDomainSocketAddress.of(address), 1);
                Process process = spawn(address, streams);
                return greet(process, new EntranceChannel(accept(server, process)), plan, target);
            } finally {
                Files.deleteIfExists(address);
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.RUNTIME_SETUP,
                    program + " cannot be started",
                    String.valueOf(e.getMessage()),
                    "run `mayfly doctor`",
                    e);
        }
    }

    private Process spawn(Path address, Streams streams) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(program.toString(), "--socket", address.toString())
                .redirectInput(streams.in())
                .redirectOutput(streams.out())
                .redirectError(streams.err());
        builder.environment().clear(); // the command's comes with the plan
        return builder.start();
    }

    private static SocketChannel accept(ServerSocketChannel server, Process process) throws IOException {
        server.configureBlocking(false);
        try (Selector selector = Selector.open()) {
            server.register(selector, SelectionKey.OP_ACCEPT);
            var ended = process.onExit().thenRun(selector::wakeup);
            selector.select(CONNECTS_WITHIN.toMillis());
            SocketChannel socket = server.accept();
            if (socket == null) {
                process.destroyForcibly();
                throw new IOException(
                        ended.isDone()
                                ? "it ended with exit code " + process.exitValue() + " before it connected"
                                : "it did not connect within " + CONNECTS_WITHIN.toSeconds() + " s");
            }
            socket.configureBlocking(true);
            return socket;
        }
    }

    private static Running greet(Process process, EntranceChannel channel, byte[] plan, Path target) {
        boolean entered = false;
        try {
            try {
                channel.send(plan);
            } catch (IOException e) {
                // It has ended; the line below says why, if it could say anything.
            }
            Optional<String> line = channel.line();
            Optional<Keeper> keeper = line.filter(text -> text.startsWith("entered "))
                    .flatMap(text -> Keeper.parse(text.substring("entered ".length())));
            if (keeper.isEmpty()) {
                throw EnterFailure.of(line.orElse(""), target);
            }
            entered = true;
            return new Running(process, keeper.get(), channel);
        } finally {
            if (!entered) {
                channel.close();
                process.destroyForcibly();
            }
        }
    }
}
