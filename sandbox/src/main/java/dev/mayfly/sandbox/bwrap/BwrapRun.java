package dev.mayfly.sandbox.bwrap;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.api.Usage;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.Captured;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.Exit;
import dev.mayfly.sandbox.cgroup.GroupUsage;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is known about one running, then finished bubblewrap. Used by one thread; two more only fill the streams. */
final class BwrapRun {
    /** Why it was killed. */
    enum Reason {
        WALL,
        CPU
    }

    /** bubblewrap writes one JSON document per line: first the child's pid, at the end its exit code. */
    private static final Pattern STARTED = Pattern.compile("\"child-pid\"\\s*:\\s*[0-9]+");

    private static final Pattern EXIT = Pattern.compile("\"exit-code\"\\s*:\\s*([0-9]{1,3})");
    private static final int SIGKILL = 9;
    private static final int SIGXCPU = 24;
    private static final int SIGXFSZ = 25;
    private static final int SHELL_SIGNAL = 128;
    private static final Duration STREAMS_END_WITHIN = Duration.ofSeconds(5);

    private final BoxSpec spec;
    private final Process process;
    private final long startNanos = System.nanoTime();
    private final HeadTail stdout;
    private final HeadTail stderr;
    private final List<Thread> pumps;
    private final Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    private long killNanos;
    private long endNanos;
    private int exitCode = -1;

    BwrapRun(BoxSpec spec, Process process) {
        this.spec = spec;
        this.process = process;
        this.stdout = new HeadTail(spec.limits().streamBytes());
        this.stderr = new HeadTail(spec.limits().streamBytes());
        this.pumps = List.of(
                Thread.ofVirtual().start(() -> stdout.drain(process.getInputStream())),
                Thread.ofVirtual().start(() -> stderr.drain(process.getErrorStream())));
    }

    Process process() {
        return process;
    }

    long startNanos() {
        return startNanos;
    }

    void killed(Reason reason) {
        reasons.add(reason);
        killNanos = System.nanoTime();
    }

    /**
     * Called when no process is left.
     *
     * @param stuck some would not die; their slot must not be used again
     */
    void ended(boolean stuck) throws InterruptedException {
        endNanos = System.nanoTime();
        if (stuck) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_SETUP,
                    "processes of run " + spec.runId() + " survived SIGKILL",
                    "they are stuck in the kernel",
                    "look at `ps -eo pid,stat,wchan`; the slot is not used again");
        }
        for (Thread pump : pumps) {
            pump.join(STREAMS_END_WITHIN);
        }
    }

    /** bubblewrap's own failures must not look like those of the command. */
    void checkStarted(String status) {
        Matcher exit = EXIT.matcher(status);
        if (exit.find()) {
            exitCode = Integer.parseInt(exit.group(1));
        }
        boolean killedByUs = !reasons.isEmpty();
        if (!STARTED.matcher(status).find() || (exitCode < 0 && !killedByUs && process.exitValue() == 1)) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_SETUP,
                    "run " + spec.runId() + " was not started: bubblewrap could not set the box up",
                    BwrapSlot.text(stderr.captured().head()) + " (exit code " + process.exitValue() + ")",
                    "run `mayfly doctor`");
        }
    }

    Execution execution(GroupUsage usage, BoxFolder.Collected outputs, List<LayerReport> layers) {
        Captured out = stdout.captured();
        Captured err = stderr.captured();
        boolean signaled = exitCode < 0;
        return new Execution(
                signaled ? new Exit.Signaled(SIGKILL) : new Exit.Exited(exitCode),
                Duration.ofNanos(endNanos - startNanos),
                out,
                err,
                List.of(),
                limits(usage, out, err),
                new Usage(
                        Duration.ofNanos(Math.max(0, usage.cpuNanos())),
                        usage.peakMemoryBytes(),
                        usage.peakPids(),
                        usage.readBytes(),
                        usage.writtenBytes()),
                layers,
                outputs.files(),
                outputs.dropped(),
                killNanos == 0 ? Duration.ZERO : Duration.ofNanos(endNanos - killNanos));
    }

    private Set<LimitHit> limits(GroupUsage usage, Captured out, Captured err) {
        Set<LimitHit> hit = EnumSet.noneOf(LimitHit.class);
        for (Reason reason : reasons) {
            hit.add(
                    switch (reason) {
                        case WALL -> LimitHit.WALL;
                        case CPU -> LimitHit.CPU;
                    });
        }
        if (usage.oomKills() > 0) {
            hit.add(LimitHit.MEMORY);
        }
        if (usage.pidsRefused() > 0) {
            hit.add(LimitHit.PIDS);
        }
        if (exitCode == SHELL_SIGNAL + SIGXCPU) {
            hit.add(LimitHit.CPU);
        }
        if (exitCode == SHELL_SIGNAL + SIGXFSZ) {
            hit.add(LimitHit.FILE_SIZE);
        }
        if (out.truncated() || err.truncated()) {
            hit.add(LimitHit.STDOUT);
        }
        return hit;
    }
}
