package dev.mayfly.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A network namespace with nothing in it. It lives as long as a process that sleeps in it; when that ends the kernel takes the
 * namespace and its cables away.
 */
public final class NetSpace implements AutoCloseable {
    private static final String LONGEST_SECONDS = "600";

    private final Process holder;

    private NetSpace(Process holder) {
        this.holder = holder;
    }

    /** Makes one, or skips the test with what this machine lacks. */
    public static NetSpace make() throws IOException {
        Needs.linux();
        Needs.root();
        Needs.command("ip");
        Needs.command("unshare");
        Needs.command("nsenter");
        Process holder =
                new ProcessBuilder("unshare", "--net", "sh", "-c", "echo; exec sleep " + LONGEST_SECONDS).start();
        // Its line says that it is in its namespace.
        Needs.that(holder.getInputStream().read() == '\n', "network namespaces", "unshare(1) cannot make one here");
        return new NetSpace(holder);
    }

    /** A process that is in it. */
    public long pid() {
        return holder.pid();
    }

    /** Where the kernel shows it. */
    public Path file() {
        return Path.of("/proc/" + pid() + "/ns/net");
    }

    /** The words that run a command there. */
    public List<String> entering() {
        return List.of("nsenter", "--net", "-t", Long.toString(pid()), "--");
    }

    /** Starts a command there, its errors among what it writes. */
    public Process start(String... command) throws IOException {
        List<String> all = new ArrayList<>(entering());
        all.addAll(List.of(command));
        return new ProcessBuilder(all).redirectErrorStream(true).start();
    }

    /** Runs a command there and returns what it wrote. */
    public String in(String... command) throws IOException {
        Process process = start(command);
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** Runs a line of shell there and returns what it wrote. */
    public String shell(String line) throws IOException {
        return in("sh", "-c", line);
    }

    @Override
    public void close() {
        holder.destroyForcibly();
        try {
            boolean _ = holder.waitFor(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
