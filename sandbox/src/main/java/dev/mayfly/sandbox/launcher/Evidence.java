package dev.mayfly.sandbox.launcher;

import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.api.Usage;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.Exit;
import dev.mayfly.sandbox.box.NetEvidence;
import dev.mayfly.sandbox.cgroup.GroupUsage;
import dev.mayfly.sandbox.slot.SyscallFilters;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Turns what launcher, control groups and network saw into an execution. Pure. */
final class Evidence {
    private static final int SIGXCPU = 24;
    private static final int SIGXFSZ = 25;
    private static final int SIGSYS = 31;
    /** How a shell reports that its child was ended by a signal. */
    private static final int SHELL_SIGNAL = 128;

    private Evidence() {}

    static Execution execution(
            BoxSpec spec,
            LauncherMessage.Exited exited,
            GroupUsage group,
            NetEvidence net,
            List<Violation> refused,
            SyscallFilters names,
            List<LayerReport> layers,
            OutputCollector.Collected outputs) {
        return new Execution(
                exited.signaled() ? new Exit.Signaled(exited.code()) : new Exit.Exited(exited.code()),
                Duration.ofNanos(exited.wallNanos()),
                exited.stdout(),
                exited.stderr(),
                violations(spec, exited, net, refused, names),
                limits(spec, exited, group),
                new Usage(
                        Duration.ofNanos(exited.cpuNanos()),
                        group.peakMemoryBytes() >= 0 ? group.peakMemoryBytes() : exited.maxRssKilobytes() * 1024,
                        group.peakPids(),
                        group.readBytes(),
                        group.writtenBytes()),
                layers,
                outputs.files(),
                outputs.dropped(),
                Duration.ofNanos(exited.killNanos()),
                net.decisions());
    }

    private static List<Violation> violations(
            BoxSpec spec,
            LauncherMessage.Exited exited,
            NetEvidence net,
            List<Violation> refused,
            SyscallFilters names) {
        String rule = "syscalls." + spec.syscalls().name().toLowerCase(Locale.ROOT);
        Map<String, Long> counts = new TreeMap<>();
        for (LauncherMessage.Denied denied : exited.denied()) {
            String subject = names.subject(denied.arch(), denied.number(), denied.a0(), denied.a1(), denied.a2());
            counts.merge(subject, denied.count(), Long::sum);
        }
        if (endedBy(exited, SIGSYS)) {
            // The filter kills what must not even be answered, such as calls of another architecture.
            counts.merge("killed by SIGSYS", 1L, Long::sum);
        }
        List<Violation> violations = new ArrayList<>(net.violations());
        violations.addAll(refused);
        counts.forEach((name, count) -> violations.add(new Violation(rule, name, count)));
        violations.sort(Violation.ORDER);
        return violations;
    }

    private static Set<LimitHit> limits(BoxSpec spec, LauncherMessage.Exited exited, GroupUsage group) {
        Set<LimitHit> hit = EnumSet.noneOf(LimitHit.class);
        long reason = exited.reason();
        if ((reason & Wire.Exited.REASON_WALL) != 0) {
            hit.add(LimitHit.WALL);
        }
        boolean cpuUsedUp = !spec.limits().cpu().isZero()
                && exited.cpuNanos() >= spec.limits().cpu().toNanos();
        if ((reason & Wire.Exited.REASON_CPU) != 0 || endedBy(exited, SIGXCPU) || cpuUsedUp) {
            hit.add(LimitHit.CPU);
        }
        if ((reason & Wire.Exited.REASON_OOM) != 0 || group.oomKills() > 0) {
            hit.add(LimitHit.MEMORY);
        }
        if ((reason & Wire.Exited.REASON_PIDS) != 0 || group.pidsRefused() > 0) {
            hit.add(LimitHit.PIDS);
        }
        if ((reason & Wire.Exited.REASON_DISK) != 0) {
            hit.add(LimitHit.DISK);
        }
        if (endedBy(exited, SIGXFSZ)) {
            hit.add(LimitHit.FILE_SIZE);
        }
        if (exited.stdout().truncated() || exited.stderr().truncated()) {
            hit.add(LimitHit.STDOUT);
        }
        return hit;
    }

    /** The command itself, or as far as a shell tells, the command that the shell ran last. */
    private static boolean endedBy(LauncherMessage.Exited exited, int signal) {
        return exited.signaled() ? exited.code() == signal : exited.code() == SHELL_SIGNAL + signal;
    }
}
