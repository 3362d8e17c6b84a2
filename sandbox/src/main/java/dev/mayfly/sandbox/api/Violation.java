package dev.mayfly.sandbox.api;

/**
 * Something the run tried (or asked for) and did not get.
 *
 * @param rule the policy rule that denied it, for example {@code net.default} or {@code syscalls.default}
 * @param subject what was denied: {@code tcp 10.0.0.1:22}, {@code ptrace}, {@code /etc/passwd}
 * @param count how often
 */
public record Violation(String rule, String subject, long count) {
    /** The kernel refused access to a path: mounts, owners and modes, Landlock. */
    public static final String FS_PERMISSION = "fs.permission";
    /** The kernel refused something else for lack of privilege. */
    public static final String KERNEL_PERMISSION = "kernel.permission";

    /** Whether the kernel's own permissions denied it, and not a rule that somebody wrote. */
    public boolean byPermission() {
        return rule.equals(FS_PERMISSION) || rule.equals(KERNEL_PERMISSION);
    }
}
