package dev.mayfly.env.gc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PruneRulesTest {
    private static final Instant DAY = Instant.parse("2026-01-01T00:00:00Z");

    /** Newest first; each a second after the one before. */
    private static List<Tag> history(int... targets) {
        List<Tag> history = new ArrayList<>();
        for (int i = 0; i < targets.length; i++) {
            history.add(new Tag(
                    TagName.parse("name"),
                    new Digest(targets[i], 0, 0, 1),
                    Digest.NULL,
                    "user@here",
                    DAY.plusSeconds(targets.length - 1L - i)));
        }
        return history;
    }

    private static List<Integer> versions(PruneRules rules, List<Tag> history) {
        return rules.prune(history).stream().map(history::indexOf).toList();
    }

    private static PruneRules repeated(long keep) {
        return new PruneRules(
                OptionalLong.of(keep), Optional.empty(), Optional.empty(), OptionalLong.empty(), OptionalLong.empty());
    }

    private static PruneRules versions(OptionalLong ifMore, OptionalLong keepIfLess) {
        return new PruneRules(OptionalLong.empty(), Optional.empty(), Optional.empty(), ifMore, keepIfLess);
    }

    @Test
    void without_rules_all_stays() {
        assertThat(PruneRules.NONE.isEmpty()).isTrue();
        assertThat(PruneRules.NONE.prune(history(1, 1, 2))).isEmpty();
        assertThat(versions(OptionalLong.empty(), OptionalLong.of(3)).isEmpty()).isTrue();
    }

    @Test
    void of_repeated_targets_the_newest_stay() {
        assertThat(versions(repeated(1), history(1, 2, 1, 2, 3, 1))).containsExactly(2, 3, 5);
        assertThat(versions(repeated(2), history(1, 2, 1, 2, 3, 1))).containsExactly(5);
    }

    @Test
    void versions_above_go_and_those_below_stay() {
        assertThat(versions(versions(OptionalLong.of(2), OptionalLong.empty()), history(1, 2, 3, 4, 5)))
                .containsExactly(3, 4);
        assertThat(versions(versions(OptionalLong.of(0), OptionalLong.of(4)), history(1, 2, 3, 4, 5)))
                .containsExactly(4);
    }

    @Test
    void tags_made_before_go_and_those_made_after_stay() {
        PruneRules old = new PruneRules(
                OptionalLong.empty(),
                Optional.of(DAY.plusSeconds(3)),
                Optional.of(DAY),
                OptionalLong.empty(),
                OptionalLong.empty());
        assertThat(versions(old, history(1, 2, 3, 4, 5)))
                .as("made at second 4, 3, 2, 1, 0; all but the last are newer than what is kept")
                .containsExactly(4);
    }

    /** Random streams and rules against the sentences of the documentation, one by one. */
    @Test
    void whatever_the_rules_are_nothing_goes_without_a_reason_and_nothing_kept_goes() {
        for (long seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            List<Tag> history = history(random.ints(random.nextInt(12), 0, 4).toArray());
            PruneRules rules = new PruneRules(
                    random.nextBoolean() ? OptionalLong.of(1 + random.nextInt(3)) : OptionalLong.empty(),
                    random.nextBoolean() ? Optional.of(DAY.plusSeconds(random.nextInt(12))) : Optional.empty(),
                    random.nextBoolean() ? Optional.of(DAY.plusSeconds(random.nextInt(12))) : Optional.empty(),
                    random.nextBoolean() ? OptionalLong.of(random.nextInt(12)) : OptionalLong.empty(),
                    random.nextBoolean() ? OptionalLong.of(random.nextInt(12)) : OptionalLong.empty());
            List<Tag> pruned = rules.prune(history);
            for (int version = 0; version < history.size(); version++) {
                assertThat(pruned.contains(history.get(version)))
                        .as("seed %d, version %d", seed, version)
                        .isEqualTo(expected(rules, history, version));
            }
        }
    }

    private static boolean expected(PruneRules rules, List<Tag> history, int version) {
        Tag tag = history.get(version);
        long newerWithSameTarget = history.subList(0, version).stream()
                .filter(each -> each.target().equals(tag.target()))
                .count();
        if (rules.repeated().isPresent()
                && newerWithSameTarget >= rules.repeated().getAsLong()) {
            return true;
        }
        boolean keptByVersion = rules.keepIfLessThan().stream().anyMatch(least -> version < least);
        boolean keptByTime = rules.keepIfNewerThan().filter(tag.time()::isAfter).isPresent();
        boolean goesByVersion = rules.ifMoreThan().stream().anyMatch(most -> version > most);
        boolean goesByTime = rules.ifOlderThan().filter(tag.time()::isBefore).isPresent();
        return !keptByVersion && !keptByTime && (goesByVersion || goesByTime);
    }
}
