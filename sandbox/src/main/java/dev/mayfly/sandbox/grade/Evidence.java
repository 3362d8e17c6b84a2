package dev.mayfly.sandbox.grade;

import dev.mayfly.sandbox.policy.EvidenceKind;

/**
 * One thing that counts in grading.
 *
 * @param subject what it is about, in words that do not vary between equal runs
 */
public record Evidence(EvidenceKind kind, String subject) {}
