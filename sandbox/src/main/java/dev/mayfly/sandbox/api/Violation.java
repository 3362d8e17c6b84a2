package dev.mayfly.sandbox.api;

import java.util.Comparator;

/**
 * Something the run tried (or asked for) and did not get.
 *
 * @param rule the policy rule that denied it, for example {@code net.default} or {@code syscalls.default}
 * @param subject what was denied: {@code tcp 10.0.0.1:22}, {@code ptrace}, {@code /etc/passwd}
 * @param count how often
 */
public record Violation(String rule, String subject, long count) {
    /** By rule, then by subject. A plain comparison: the comparators of the JDK are linked anew at every start. */
    public static final Comparator<Violation> ORDER = (one, other) -> {
        int byRule = one.rule().compareTo(other.rule());
        return byRule != 0 ? byRule : one.subject().compareTo(other.subject());
    };

    /** The kernel refused access to a path: mounts, owners and modes, Landlock. */
    public static final String FS_PERMISSION = "fs.permission";
    /** The kernel refused something else for lack of privilege. */
    public static final String KERNEL_PERMISSION = "kernel.permission";

    /** Whether the kernel's own permissions denied it, and not a rule that somebody wrote. */
    public boolean byPermission() {
        return rule.equals(FS_PERMISSION) || rule.equals(KERNEL_PERMISSION);
    }
}
