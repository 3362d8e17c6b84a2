package dev.mayfly.sandbox.grade;

import dev.mayfly.sandbox.allow.Wildcard;
import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.api.Verdict;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.policy.EvidenceKind;
import dev.mayfly.sandbox.policy.Grading;
import dev.mayfly.sandbox.policy.GradingRule;
import dev.mayfly.sandbox.policy.Policy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/**
 * Adds up the points of a policy's rules. Each rule counts once, so a flood of one kind of denial weighs as much as a
 * single one and the score does not depend on timing. How the command ended is no evidence: a program may fail.
 */
public final class Grader {
    /** The score the replaced system gave to what it refused outright. */
    static final int REFUSED_SCORE = 80;

    private static final int NAMED = 3;

    private Grader() {}

    public static Grade grade(Grading grading, Collection<Evidence> evidence) {
        int score = 0;
        List<String> reasons = new ArrayList<>();
        for (GradingRule rule : grading.rules()) {
            List<String> subjects = subjects(rule, evidence);
            if (!subjects.isEmpty()) {
                score += rule.points();
                reasons.add("+" + rule.points() + " " + rule.name() + ": " + listed(subjects));
            }
        }
        Verdict verdict = grading.thresholds().verdict(score);
        List<String> degraded = evidence.stream()
                .filter(item -> item.kind() == EvidenceKind.LAYER_DEGRADED)
                .map(Evidence::subject)
                .distinct()
                .sorted()
                .toList();
        if (!degraded.isEmpty()) {
            verdict = verdict.atLeast(Verdict.YELLOW);
            reasons.add("yellow at least: ran without " + String.join(", ", degraded) + ", which the policy requires");
        }
        return new Grade(score, verdict, reasons);
    }

    /** The grade of a request that is a plain violation: red, whatever the points say. */
    static Grade refused(Policy policy, Collection<Evidence> evidence, String why) {
        Grade grade = grade(policy.grading(), evidence);
        List<String> reasons = new ArrayList<>();
        reasons.add("red at once, not run: " + why);
        reasons.addAll(grade.reasons());
        int score = Math.max(
                Math.max(grade.riskScore(), REFUSED_SCORE),
                policy.grading().thresholds().redMin());
        return new Grade(score, Verdict.RED, reasons);
    }

    /** What a run adds to what was known before it. */
    public static List<Evidence> ofRun(
            Collection<Violation> violations, Collection<LimitHit> limitsHit, Collection<String> outputsDropped) {
        List<Evidence> evidence = new ArrayList<>();
        for (Violation violation : violations) {
            evidence.add(new Evidence(EvidenceKind.ofViolation(violation.rule()), violation.subject()));
        }
        limitsHit.stream()
                .sorted(Comparator.naturalOrder())
                .forEach(limit -> evidence.add(new Evidence(EvidenceKind.of(limit), limit.policyKey())));
        for (String dropped : outputsDropped) {
            evidence.add(new Evidence(EvidenceKind.OUTPUT_DROPPED, dropped));
        }
        return evidence;
    }

    private static List<String> subjects(GradingRule rule, Collection<Evidence> evidence) {
        return evidence.stream()
                .filter(item -> item.kind() == rule.when())
                .map(Evidence::subject)
                .filter(subject ->
                        rule.match().isEmpty() || rule.match().stream().anyMatch(pattern -> fits(pattern, subject)))
                .distinct()
                .sorted()
                .toList();
    }

    /** Against the whole subject, or the name before its arguments: {@code unshare} of {@code unshare(CLONE_NEWUSER)}. */
    private static boolean fits(String pattern, String subject) {
        int arguments = subject.indexOf('(');
        return Wildcard.fits(pattern, subject)
                || (arguments > 0 && Wildcard.fits(pattern, subject.substring(0, arguments)));
    }

    private static String listed(List<String> subjects) {
        String named = String.join(", ", subjects.subList(0, Math.min(NAMED, subjects.size())));
        return subjects.size() > NAMED ? named + " and " + (subjects.size() - NAMED) + " more" : named;
    }
}
