package dev.mayfly.mesh.soft;

import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Two network namespaces with a cable between them. Each lives as long as a process that sleeps in it; when that ends the
 * kernel takes the namespace and its end of the cable away.
 */
final class VethPair implements AutoCloseable {
    static final String A4 = "10.231.7.1";
    static final String B4 = "10.231.7.2";
    static final String A6 = "fd00:231::1";
    static final String B6 = "fd00:231::2";

    private static final String LONGEST_SECONDS = "300";

    private final List<Process> holders = new ArrayList<>();

    static VethPair make() throws IOException {
        Needs.linux();
        Needs.root();
        Needs.command("ip");
        Needs.command("unshare");
        Needs.command("nsenter");
        VethPair pair = new VethPair();
        try {
            pair.build();
            return pair;
        } catch (IOException | RuntimeException e) {
            pair.close();
            throw e;
        }
    }

    private void build() throws IOException {
        for (int i = 0; i < 2; i++) {
            Process holder =
                    new ProcessBuilder("unshare", "--net", "sh", "-c", "echo; exec sleep " + LONGEST_SECONDS).start();
            holders.add(holder);
            // Its line says that it is in its namespace.
            int said = holder.getInputStream().read();
            Needs.that(said == '\n', "network namespaces", "unshare(1) cannot make one here");
        }
        in(0, "ip", "link", "add", "mesh0", "type", "veth", "peer", "name", "mesh0", "netns", "" + pid(1));
        for (int i = 0; i < 2; i++) {
            in(i, "ip", "addr", "add", (i == 0 ? A4 : B4) + "/24", "dev", "mesh0");
            in(i, "ip", "addr", "add", (i == 0 ? A6 : B6) + "/64", "dev", "mesh0", "nodad");
            in(i, "ip", "link", "set", "mesh0", "up");
            in(i, "ip", "link", "set", "lo", "up");
        }
    }

    long pid(int end) {
        return holders.get(end).pid();
    }

    /** Runs a command in one of the namespaces and returns what it wrote. */
    String in(int end, String... command) throws IOException {
        Process process = start(end, command);
        try {
            String output = new String(process.getInputStream().readAllBytes());
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
            return output;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    Process start(int end, String... command) throws IOException {
        List<String> all = new ArrayList<>(List.of("nsenter", "--net", "-t", "" + pid(end), "--"));
        all.addAll(List.of(command));
        return new ProcessBuilder(all).redirectErrorStream(true).start();
    }

    @Override
    public void close() {
        for (Process holder : holders) {
            holder.destroyForcibly();
            try {
                holder.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
