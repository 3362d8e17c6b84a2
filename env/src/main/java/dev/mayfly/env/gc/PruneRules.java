package dev.mayfly.env.gc;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Which tags of a stream are pruned; the rules are those of {@code spfs-clean}: what is kept by age
 * or version is not pruned by age or version, while repeated tags go whatever keeps them. Versions are counted from the
 * newest, which is 0.
 *
 * @param repeated of tags that name the same target, only so many of the newest stay; empty for all
 * @param ifOlderThan prunes tags made before
 * @param keepIfNewerThan keeps tags made after
 * @param ifMoreThan prunes versions above
 * @param keepIfLessThan keeps versions below
 */
public record PruneRules(
        OptionalLong repeated,
        Optional<Instant> ifOlderThan,
        Optional<Instant> keepIfNewerThan,
        OptionalLong ifMoreThan,
        OptionalLong keepIfLessThan) {
    public static final PruneRules NONE = new PruneRules(
            OptionalLong.empty(), Optional.empty(), Optional.empty(), OptionalLong.empty(), OptionalLong.empty());

    public PruneRules {
        if (repeated.isPresent() && repeated.getAsLong() < 1) {
            throw new IllegalArgumentException("of repeated tags at least one stays: " + repeated.getAsLong());
        }
    }

    /** Whether nothing is pruned in any stream: rules that keep say nothing alone. */
    public boolean isEmpty() {
        return repeated.isEmpty() && ifOlderThan.isEmpty() && ifMoreThan.isEmpty();
    }

    /**
     * The tags to remove.
     *
     * @param history of one stream, newest first
     */
    public List<Tag> prune(List<Tag> history) {
        List<Tag> pruned = new ArrayList<>();
        Map<Digest, Long> seen = new HashMap<>();
        for (int version = 0; version < history.size(); version++) {
            Tag tag = history.get(version);
            long same = seen.merge(tag.target(), 1L, Long::sum);
            boolean again = repeated.isPresent() && same > repeated.getAsLong();
            if (again || isPruned(tag, version)) {
                pruned.add(tag);
            }
        }
        return pruned;
    }

    private boolean isPruned(Tag tag, long version) {
        if (keepIfLessThan.isPresent() && version < keepIfLessThan.getAsLong()) {
            return false;
        }
        if (keepIfNewerThan.isPresent() && tag.time().isAfter(keepIfNewerThan.get())) {
            return false;
        }
        return (ifMoreThan.isPresent() && version > ifMoreThan.getAsLong())
                || (ifOlderThan.isPresent() && tag.time().isBefore(ifOlderThan.get()));
    }
}
