package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A conversation with QEMU (docs/interop/qmp-spec.rst): a line of JSON each way. QEMU talks to one at a time, so it is kept
 * short. Blocks; whoever must not wait for ever closes it from another thread.
 */
final class Qmp implements AutoCloseable {
    private final SocketChannel channel;
    private final BufferedReader lines;

    private Qmp(SocketChannel channel) {
        this.channel = channel;
        this.lines =
                new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
    }

    static Qmp connect(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        Qmp qmp = new Qmp(channel);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            JsonObject greeting = qmp.read();
            if (greeting.get("QMP").isEmpty()) {
                throw new IOException("this is not QEMU: " + JsonWriter.compact(greeting));
            }
            qmp.execute("qmp_capabilities");
            return qmp;
        } catch (IOException e) {
            qmp.close();
            throw e;
        }
    }

    /** @throws EOFException when QEMU ends instead of answering, as it may after {@code quit} */
    JsonValue execute(String command) throws IOException {
        return execute(command, JsonObject.of());
    }

    /** @throws EOFException when QEMU ends instead of answering */
    JsonValue execute(String command, JsonObject arguments) throws IOException {
        JsonObject question = JsonObject.of().with("execute", command).with("arguments", arguments);
        String line = JsonWriter.compact(question) + "\n";
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        while (true) {
            JsonObject answer = read();
            Optional<JsonValue> value = answer.get("return");
            if (value.isPresent()) {
                return value.get();
            }
            if (answer.get("error").isPresent()) {
                throw new IOException("QEMU refuses " + command + ": " + JsonWriter.compact(answer));
            }
            // Else it is an event, which may come between question and answer.
        }
    }

    /** For example {@code running}, {@code paused}, {@code guest-panicked}. */
    String status() throws IOException {
        return status("query-status");
    }

    /** Of the state that is being said or heard, for example {@code active}, {@code completed}, {@code failed}. */
    String migration() throws IOException {
        return status("query-migrate");
    }

    private String status(String question) throws IOException {
        if (execute(question) instanceof JsonObject status
                && status.get("status").orElse(new JsonString("")) instanceof JsonString text) {
            return text.value();
        }
        throw new IOException("QEMU says no status");
    }

    private JsonObject read() throws IOException {
        String line = lines.readLine();
        if (line == null) {
            throw new EOFException("QEMU has ended");
        }
        try {
            if (JsonReader.read(line.getBytes(StandardCharsets.UTF_8)) instanceof JsonObject object) {
                return object;
            }
        } catch (JsonSyntaxException e) {
            throw new IOException("QEMU says what is not JSON: " + e.getMessage(), e);
        }
        throw new IOException("QEMU says what is no object: " + line);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // There is nothing left to be told to anybody.
        }
    }
}
