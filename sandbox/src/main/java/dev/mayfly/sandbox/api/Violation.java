package dev.mayfly.sandbox.api;

/**
 * Something the run tried (or asked for) and did not get.
 *
 * @param rule the policy rule that denied it, for example {@code net.default} or {@code syscalls.default}
 * @param subject what was denied: {@code tcp 10.0.0.1:22}, {@code ptrace}, {@code /etc/passwd}
 * @param count how often
 */
public record Violation(String rule, String subject, long count) {}
