package dev.mayfly.sandbox.policy;

import java.util.List;

/**
 * Points for evidence, given once however often it was seen.
 *
 * @param match subjects that count, with {@code *}; empty for all
 */
public record GradingRule(String name, EvidenceKind when, int points, List<String> match) {
    public GradingRule {
        match = List.copyOf(match);
    }
}
