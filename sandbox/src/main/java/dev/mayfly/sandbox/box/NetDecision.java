package dev.mayfly.sandbox.box;

/**
 * One destination that a run asked for, and the answer it got.
 *
 * @param subject {@code tcp example.org:443}, {@code dns example.org}, {@code udp [2001:db8::1]:443}
 * @param reason the rule that permitted it, or why not; stable text, no addresses that vary
 * @param count how often it was asked
 * @param bytes carried in both directions; 0 when denied
 */
public record NetDecision(String subject, boolean allowed, String reason, long count, long bytes) {}
