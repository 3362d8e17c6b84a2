package dev.mayfly.sandbox.policy;

import dev.mayfly.base.text.Spelling;
import dev.mayfly.sandbox.allow.Ascii;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code grading}: rules replace the default rules as a whole, thresholds must cover every score once. */
final class GradingReader {
    private static final int MAX_RULES = 200;
    private static final int MAX_POINTS = 1_000;
    private static final String THRESHOLD_FIX = "write green: \"<=20\", yellow: \"21..=60\", red: \">=61\"";

    private GradingReader() {}

    static Grading read(Section grading, PolicyProblems problems) {
        return new Grading(rules(grading, problems), thresholds(grading));
    }

    private static List<GradingRule> rules(Section grading, PolicyProblems problems) {
        if (grading.get("rules").isEmpty()) {
            return Grading.DEFAULT_RULES;
        }
        List<Yaml> items = grading.items("rules");
        if (items.size() > MAX_RULES) {
            grading.problem("more than " + MAX_RULES + " grading rules");
        }
        List<GradingRule> rules = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Yaml item : items) {
            Section rule = Section.of("grading.rules[]", item, Set.of("name", "when", "points", "match"), problems);
            Optional<String> name = required(rule, item, "name", rule.text("name"));
            Optional<EvidenceKind> when =
                    required(rule, item, "when", rule.text("when")).flatMap(word -> kind(rule, item, word));
            if (rule.get("points").isEmpty()) {
                rule.problem(item, "a grading rule without points; add points: 0.." + MAX_POINTS);
            }
            int points = (int) rule.number("points", 0, 0, MAX_POINTS);
            List<String> match = rule.texts("match");
            if (name.isPresent() && !names.add(name.get())) {
                rule.problem(item, "two grading rules are called '" + name.get() + "'");
            }
            if (name.isPresent() && when.isPresent()) {
                rules.add(new GradingRule(name.get(), when.get(), points, match));
            }
        }
        return rules;
    }

    private static Optional<String> required(Section rule, Yaml item, String key, Optional<String> value) {
        if (rule.get(key).isEmpty()) {
            rule.problem(item, "a grading rule without '" + key + "'");
        }
        return value;
    }

    private static Optional<EvidenceKind> kind(Section rule, Yaml item, String word) {
        Optional<EvidenceKind> kind = EvidenceKind.ofWord(word);
        if (kind.isEmpty()) {
            List<String> words =
                    Arrays.stream(EvidenceKind.values()).map(EvidenceKind::word).toList();
            String hint = Spelling.nearest(word, words)
                    .map(near -> "did you mean '" + near + "'?")
                    .orElse("known: " + String.join(", ", words));
            rule.problem(rule.get("when").orElse(item), "unknown evidence '" + word + "'; " + hint);
        }
        return kind;
    }

    private static Thresholds thresholds(Section grading) {
        if (grading.get("thresholds").isEmpty()) {
            return Thresholds.DEFAULT;
        }
        Section section = grading.section("thresholds", Set.of("green", "yellow", "red"));
        Optional<int[]> green = bounds(section, "green", "<=", "");
        Optional<int[]> yellow = bounds(section, "yellow", "", "..=");
        Optional<int[]> red = bounds(section, "red", ">=", "");
        if (green.isEmpty() || yellow.isEmpty() || red.isEmpty()) {
            return Thresholds.DEFAULT;
        }
        int greenMax = green.get()[0];
        int yellowMin = yellow.get()[0];
        int yellowMax = yellow.get()[1];
        int redMin = red.get()[0];
        if (yellowMin != greenMax + 1 || redMin != yellowMax + 1 || yellowMax < yellowMin) {
            boolean overlap = yellowMin <= greenMax || redMin <= yellowMax || yellowMax < yellowMin;
            section.problem("the thresholds " + (overlap ? "overlap" : "leave a gap") + ": green <=" + greenMax
                    + ", yellow " + yellowMin + "..=" + yellowMax + ", red >=" + redMin + "; " + THRESHOLD_FIX);
            return Thresholds.DEFAULT;
        }
        return new Thresholds(greenMax, redMin);
    }

    private static Optional<int[]> bounds(Section section, String key, String prefix, String separator) {
        if (section.get(key).isEmpty()) {
            section.problem("the threshold for " + key + " is missing; " + THRESHOLD_FIX);
            return Optional.empty();
        }
        String text = section.text(key).orElse("");
        Optional<int[]> bounds = Optional.empty();
        if (text.startsWith(prefix)) {
            String rest = text.substring(prefix.length());
            int cut = separator.isEmpty() ? -1 : rest.indexOf(separator);
            Optional<Integer> first = number(cut < 0 ? rest : rest.substring(0, cut));
            Optional<Integer> second = cut < 0 ? first : number(rest.substring(cut + separator.length()));
            if (first.isPresent() && second.isPresent() && (separator.isEmpty() || cut >= 0)) {
                bounds = Optional.of(new int[] {first.get(), second.get()});
            }
        }
        if (bounds.isEmpty()) {
            section.problem("the threshold for " + key + " is '" + text + "'; " + THRESHOLD_FIX);
        }
        return bounds;
    }

    private static Optional<Integer> number(String text) {
        boolean digits = Ascii.all(text, Ascii::isDigit) && text.length() <= 6;
        return digits ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }
}
