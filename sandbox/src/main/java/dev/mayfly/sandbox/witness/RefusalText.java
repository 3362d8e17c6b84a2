package dev.mayfly.sandbox.witness;

import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.seccomp.Arch;
import dev.mayfly.sandbox.seccomp.SyscallName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Says what was refused, in words that equal runs share: numbers of processes, and numbers long enough to be addresses or
 * clocks, are left out of names. Pure.
 */
final class RefusalText {
    private static final int EPERM = -1;
    private static final int EACCES = -13;

    private static final int ACCESS_MODE = 3;
    private static final int CREATE = 0100;
    private static final int TRUNCATE = 01000;
    private static final int AF_UNIX = 1;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private static final Pattern OTHER_PROCESS = Pattern.compile("(/proc/(?!1/)|/task/)[0-9]+(?=/|$)");
    private static final Pattern LONG_NUMBER = Pattern.compile("[0-9]{9,}");
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    private final Arch arch;
    private final Map<Integer, CallTable.Call> calls;

    RefusalText(Arch arch) {
        this.arch = arch;
        this.calls = CallTable.of(arch);
    }

    /**
     * The violations behind these refusals, sorted.
     *
     * @param filtered how often the seccomp filter denied a call, by number: with the same EPERM, and already told
     */
    List<Violation> violations(List<Refusal> refusals, Map<Integer, Long> filtered, long unlisted) {
        Map<Integer, Long> seen = new HashMap<>();
        refusals.stream()
                .filter(refusal -> refusal.result() == EPERM)
                .forEach(refusal -> seen.merge(refusal.number(), refusal.count(), Long::sum));
        Map<String, Map<String, Long>> counts = new TreeMap<>();
        for (Refusal refusal : refusals) {
            boolean told = refusal.result() == EPERM
                    && filtered.getOrDefault(refusal.number(), 0L) >= seen.getOrDefault(refusal.number(), 0L);
            if (!told) {
                counts.computeIfAbsent(rule(refusal), _ -> new TreeMap<>())
                        .merge(subject(refusal), refusal.count(), Long::sum);
            }
        }
        if (unlisted > 0) {
            counts.computeIfAbsent(Violation.KERNEL_PERMISSION, _ -> new TreeMap<>())
                    .put("more kinds of refusals than are kept apart", unlisted);
        }
        List<Violation> violations = new ArrayList<>();
        counts.forEach((rule, subjects) ->
                subjects.forEach((subject, count) -> violations.add(new Violation(rule, subject, count))));
        violations.sort(Comparator.comparing(Violation::rule).thenComparing(Violation::subject));
        return violations;
    }

    private static String rule(Refusal refusal) {
        return refusal.path().isEmpty() ? Violation.KERNEL_PERMISSION : Violation.FS_PERMISSION;
    }

    String subject(Refusal refusal) {
        return what(refusal) + ": " + errno(refusal.result());
    }

    private String what(Refusal refusal) {
        CallTable.Call call = calls.get(refusal.number());
        if (call == null) {
            return SyscallName.of(arch, refusal.number());
        }
        String path = refusal.path().isEmpty() ? "" : " " + name(refusal);
        int detail = (int) refusal.detail();
        return switch (call.detail()) {
            case NOTHING -> call.verb() + path;
            case OPEN_FLAGS -> access(detail) + path;
            case PROCESS -> call.verb() + " " + process(detail);
            case ID -> call.verb() + " " + detail;
            case SOCKET -> call.verb() + (path.isEmpty() ? address(refusal.detail()) : path);
        };
    }

    private static String access(int flags) {
        if ((flags & ACCESS_MODE) != 0 || (flags & TRUNCATE) != 0) {
            return "write";
        }
        return (flags & CREATE) != 0 ? "create" : "read";
    }

    private static String process(int pid) {
        return switch (pid) {
            case 1 -> "1";
            case 0 -> "own group";
            case -1 -> "everyone";
            default -> pid < 0 ? "another group" : "another process";
        };
    }

    /** Family in the first two bytes, port in network order in the next. */
    private static String address(long start) {
        int family = (int) (start & 0xffff);
        int port = Short.toUnsignedInt(Short.reverseBytes((short) (start >>> Short.SIZE)));
        return switch (family) {
            case AF_INET, AF_INET6 -> " port " + port;
            case AF_UNIX -> " a nameless or abstract socket";
            default -> " an address of family " + family;
        };
    }

    private static String name(Refusal refusal) {
        String plain = CONTROL.matcher(refusal.path()).replaceAll("?");
        String shared = OTHER_PROCESS.matcher(plain).replaceAll("$1N");
        return LONG_NUMBER.matcher(shared).replaceAll("#") + (refusal.cut() ? "…" : "");
    }

    private static String errno(int result) {
        return switch (result) {
            case EPERM -> "EPERM";
            case EACCES -> "EACCES";
            default -> "EROFS";
        };
    }
}
