package dev.mayfly.sandbox.api;

/**
 * What one layer of protection really was during a run.
 *
 * @param name for example {@code seccomp}, {@code cgroup-memory}, {@code net-ns}
 * @param requested whether the policy asks for it
 * @param reason why it is not active, or evidence that it is
 */
public record LayerReport(String name, boolean requested, LayerState state, String reason) {}
