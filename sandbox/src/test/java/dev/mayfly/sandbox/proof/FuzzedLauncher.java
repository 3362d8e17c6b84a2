package dev.mayfly.sandbox.proof;

import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One launcher process and a reader that checks the framing of everything it says. */
final class FuzzedLauncher implements AutoCloseable {
    private static final int ERROR = 109;
    /** What ends the queue of answers. */
    static final int CLOSED = -1;

    private final Process process;
    private final SocketChannel socket;
    private final Path log;
    private final BlockingQueue<Integer> answers = new LinkedBlockingQueue<>();
    private final List<String> complaints = new ArrayList<>();
    private final Thread reader;
    private boolean sawError;

    FuzzedLauncher(Path program, Path folder) throws Exception {
        Path address = folder.resolve("fuzz.sock");
        Files.deleteIfExists(address);
        log = folder.resolve("fuzz.log");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(address), 1);
            ProcessBuilder builder = new ProcessBuilder(program.toString(), "--socket", address.toString())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(log.toFile());
            builder.environment().clear();
            process = builder.start();
            socket = accept(server);
        }
        reader = Thread.ofVirtual().start(this::read);
    }

    private SocketChannel accept(ServerSocketChannel server) throws Exception {
        server.configureBlocking(false);
        for (int i = 0; i < 4000; i++) {
            SocketChannel accepted = server.accept();
            if (accepted != null) {
                accepted.configureBlocking(true);
                return accepted;
            }
            if (!process.isAlive()) {
                break;
            }
            Thread.sleep(5);
        }
        process.destroyForcibly();
        throw new AssertionError("the launcher does not connect: " + Files.readString(log));
    }

    long pid() {
        return process.pid();
    }

    /** False when the launcher has hung up. */
    boolean send(byte[] bytes) {
        try {
            ByteBuffer out = ByteBuffer.wrap(bytes);
            while (out.hasRemaining()) {
                socket.write(out);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The type of the next answer, {@link #CLOSED} at the end, 0 when there was none in time. */
    int answer(long millis) throws InterruptedException {
        Integer type = answers.poll(millis, TimeUnit.MILLISECONDS);
        return type == null ? 0 : type;
    }

    private void read() {
        try {
            ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
            while (fill(header.clear())) {
                int length = header.getInt(0);
                int type = Short.toUnsignedInt(header.getShort(4));
                if (length < 0 || length > 64 << 20 || header.getShort(6) != 0 || type < 101 || type > ERROR) {
                    complaints.add("it said a frame of type " + type + " and length " + length);
                    return;
                }
                ByteBuffer payload = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
                if (!fill(payload)) {
                    complaints.add("it stopped inside a frame of type " + type);
                    return;
                }
                checkFields(type, payload.flip());
                sawError |= type == ERROR;
                answers.add(type);
            }
        } catch (IOException e) {
            // It was killed, or reset the connection: the exit code tells.
        } finally {
            answers.add(CLOSED);
        }
    }

    private boolean fill(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (socket.read(buffer) < 0) {
                return false;
            }
        }
        return true;
    }

    private void checkFields(int type, ByteBuffer payload) {
        while (payload.hasRemaining()) {
            int length = payload.remaining() < 8 ? -1 : payload.getInt(payload.position() + 4);
            if (length < 0 || length > payload.remaining() - 8) {
                complaints.add("a frame of type " + type + " has a field of length " + length);
                return;
            }
            payload.position(payload.position() + 8 + length);
        }
    }

    /** Hangs up and says what was wrong with this life of a launcher; empty when nothing was. */
    List<String> end() throws Exception {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            // It had hung up before.
        }
        List<String> wrong = new ArrayList<>();
        if (!process.waitFor(15, TimeUnit.SECONDS)) {
            wrong.add("it does not end within 15 s after the socket was closed");
            process.destroyForcibly().waitFor();
        }
        reader.join(5000);
        int code = process.exitValue();
        String said = Files.readString(log);
        if (code != 0 && code != 70) {
            wrong.add("exit code " + code);
        }
        if (code == 70 && !sawError) {
            wrong.add("exit code 70 without an ERROR frame");
        }
        if (said.contains("Sanitizer") || said.contains("runtime error")) {
            wrong.add(said);
        }
        wrong.addAll(complaints);
        return wrong;
    }

    boolean endedWithError() {
        return sawError;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        socket.close();
    }
}
