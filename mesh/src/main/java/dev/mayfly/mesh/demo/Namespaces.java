package dev.mayfly.mesh.demo;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Network namespaces, each held by a process that waits for the end of its input. So there is nothing to sweep: when we end,
 * however that is, the kernel closes our ends of the pipes, the holders end, and with them namespaces, cables and rules.
 */
final class Namespaces implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 20;

    private final Map<String, Process> holders = new LinkedHashMap<>();

    /** @throws MayflyException {@code NAMESPACE_DENIED} */
    static Namespaces make(List<String> names) {
        Namespaces made = new Namespaces();
        try {
            for (String name : names) {
                made.holders.put(
                        name,
                        new ProcessBuilder("unshare", "--net", "sh", "-c", "echo; exec cat")
                                .redirectError(ProcessBuilder.Redirect.DISCARD)
                                .start());
            }
            for (Process holder : made.holders.values()) {
                // Its line says that it is in its namespace.
                if (holder.getInputStream().read() != '\n') {
                    throw denied("unshare(1) could not make a network namespace");
                }
            }
            return made;
        } catch (IOException e) {
            made.close();
            throw denied(String.valueOf(e.getMessage()));
        } catch (MayflyException e) {
            made.close();
            throw e;
        }
    }

    private static MayflyException denied(String why) {
        return new MayflyException(
                ErrorCode.NAMESPACE_DENIED,
                "No fabric of network namespaces can be built here",
                why,
                "run it as root on Linux, with the commands unshare, nsenter, ip and nft installed");
    }

    long pid(String name) {
        return Objects.requireNonNull(holders.get(name), name).pid();
    }

    Map<String, Long> pids() {
        Map<String, Long> pids = new LinkedHashMap<>();
        holders.forEach((name, holder) -> pids.put(name, holder.pid()));
        return pids;
    }

    /** Runs a script of the shell in a namespace. */
    void run(String name, String script) {
        exec(List.of("nsenter", "--net", "-t", "" + pid(name), "--", "sh", "-s"), script, name);
    }

    /** Runs nft(8) in a namespace. */
    void nft(String name, String rules) {
        exec(List.of("nsenter", "--net", "-t", "" + pid(name), "--", "nft", "-f", "-"), rules, name);
    }

    private static void exec(List<String> command, String input, String name) {
        try {
            Process process = new ProcessBuilder(new ArrayList<>(command))
                    .redirectErrorStream(true)
                    .start();
            try (var in = process.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.UTF_8));
            }
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw denied("in the namespace of " + name + ": " + said.strip());
            }
        } catch (IOException e) {
            throw denied(String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw denied("interrupted");
        }
    }

    @Override
    public void close() {
        holders.values().forEach(Process::destroy);
        for (Process holder : holders.values()) {
            try {
                if (!holder.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    holder.destroyForcibly();
                }
            } catch (InterruptedException e) {
                holder.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        holders.clear();
    }
}
