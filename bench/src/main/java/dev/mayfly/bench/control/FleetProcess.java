package dev.mayfly.bench.control;

import dev.mayfly.bench.process.Ends;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code mayfly fleet server} as a user starts it: a process of its own, whose time and memory are its own. */
public final class FleetProcess implements AutoCloseable {
    private static final Pattern READY = Pattern.compile("is ready: 127\\.0\\.0\\.1:(\\d+)");
    private static final String JAVA_OPTIONS = "MAYFLY_JAVA_OPTS";
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(25);
    private static final long LOOK_SECONDS = 60;

    /** Linux counts time of processes in these, whatever the kernel's own clock (USER_HZ, proc(5)). */
    private static final double TICKS_PER_SECOND = 100;

    private static final int UTIME = 11;
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");

    private final Process process;
    private final int port;
    private final long readyAfter;

    private FleetProcess(Process process, int port, long readyAfter) {
        this.process = process;
        this.port = port;
        this.readyAfter = readyAfter;
    }

    /**
     * Returns when it says that it is ready. Its log lies beside its home.
     *
     * @param port 0 for any that is free
     * @param heapMegabytes the most that its objects may take
     */
    public static FleetProcess start(
            Path script, Path home, int port, int heapMegabytes, Map<String, String> environment) throws IOException {
        Path log = home.resolveSibling("server.log");
        List<String> words = new ArrayList<>(List.of(
                script.toString(), "fleet", "server", "--listen", "127.0.0.1:" + port, "--metrics", "127.0.0.1:0"));
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        Map<String, String> all = new HashMap<>(environment);
        all.put("MAYFLY_HOME", home.toString());
        all.merge(JAVA_OPTIONS, "-Xmx" + heapMegabytes + "m", (mine, heap) -> heap + " " + mine);
        builder.environment().clear();
        builder.environment().putAll(all);
        long begun = System.nanoTime();
        Process process = builder.start();
        process.getOutputStream().close();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        long readyAfter = System.nanoTime() - begun;
        Matcher ready = READY.matcher(String.valueOf(line));
        if (line == null || !ready.find()) {
            process.destroyForcibly();
            throw new IOException("the fleet's server does not start: "
                    + Files.readString(log).strip());
        }
        return new FleetProcess(process, Integer.parseInt(ready.group(1)), readyAfter);
    }

    public int port() {
        return port;
    }

    /** Nanoseconds from its start until it said that it was ready. */
    public long readyAfter() {
        return readyAfter;
    }

    /** Of processor time, in all. */
    public double processorSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
        // The name in parentheses may hold anything, so fields are counted behind it.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1])) / TICKS_PER_SECOND;
    }

    public long residentBytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        throw new IOException("the fleet's server has gone");
    }

    /** All that its objects take after everything that can go has gone; empty without the JDK's own tool. */
    public OptionalLong liveBytes() throws IOException, InterruptedException {
        Path tool = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(tool)) {
            return OptionalLong.empty();
        }
        Process look = new ProcessBuilder(tool.toString(), Long.toString(process.pid()), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        try {
            look.getOutputStream().close();
            String said = new String(look.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            look.waitFor(LOOK_SECONDS, TimeUnit.SECONDS);
            Matcher total = TOTAL.matcher(said);
            return total.find() ? OptionalLong.of(Long.parseLong(total.group(1))) : OptionalLong.empty();
        } finally {
            look.destroyForcibly();
        }
    }

    /** As the kernel kills: nothing of it runs any more when this returns. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        Ends.gently(process, ENDS_WITHIN);
    }
}
