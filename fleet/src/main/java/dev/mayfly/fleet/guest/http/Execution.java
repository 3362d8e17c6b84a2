package dev.mayfly.fleet.guest.http;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs one command of the host's, for a bounded time and with bounded output. */
final class Execution {
    private static final int MOST_SECONDS = 3600;
    private static final int MOST_OUTPUT = 1 << 20;
    private static final int PIECE = 8 << 10;
    private static final int KILLED = -1;
    private static final long END_MILLIS = 5_000;

    private Execution() {}

    /** @throws IllegalArgumentException when it is no command */
    static JsonObject run(List<String> words, String input, long seconds) throws InterruptedException {
        if (words.getFirst().isEmpty()) {
            throw new IllegalArgumentException("there is no command");
        }
        if (seconds < 1 || seconds > MOST_SECONDS) {
            throw new IllegalArgumentException("a command has from 1 to " + MOST_SECONDS + " seconds");
        }
        Process process;
        try {
            process = new ProcessBuilder(words).redirectErrorStream(true).start();
        } catch (IOException e) {
            return result("", 127, String.valueOf(e.getMessage()));
        }
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        Thread reading = Thread.ofVirtual().start(() -> collect(process.getInputStream(), output));
        Thread writing = Thread.ofVirtual().start(() -> write(process, input));
        try {
            boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
            // What it has left behind may keep the pipe open; its output is not waited for.
            reading.join(END_MILLIS);
            String text;
            synchronized (output) {
                text = output.toString(StandardCharsets.UTF_8);
            }
            return ended
                    ? result(text, process.exitValue(), "")
                    : result(text, KILLED, "it took longer than " + seconds + " s");
        } finally {
            process.destroyForcibly();
            writing.interrupt();
        }
    }

    private static JsonObject result(String output, int exit, String error) {
        return JsonObject.of().with("output", output).with("exit_code", exit).with("error", error);
    }

    private static void collect(InputStream in, ByteArrayOutputStream output) {
        byte[] piece = new byte[PIECE];
        try {
            for (int n = in.read(piece); n >= 0; n = in.read(piece)) {
                synchronized (output) {
                    output.write(piece, 0, Math.min(n, MOST_OUTPUT - output.size()));
                }
            }
        } catch (IOException e) {
            // It was killed; what it wrote until then is there.
        }
    }

    private static void write(Process process, String input) {
        try (OutputStream out = process.getOutputStream()) {
            out.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It does not read what it is given.
        }
    }
}
