package dev.mayfly.fleet.api;

import dev.mayfly.base.digest.Sha256Digest;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * What somebody wants a runner for.
 *
 * @param script runs in the guest once it is ready; its end is the end of the job. Dropped as soon as it was handed over,
 *     because it may hold secrets
 * @param digest of everything that was wished for; two wishes are the same when it is
 */
public record Wish(String script, ResourceType type, Set<Label> labels, Sha256Digest digest) {
    public Wish {
        Objects.requireNonNull(script, "script");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(digest, "digest");
        labels = Set.copyOf(labels);
    }

    public static Wish of(String script, ResourceType type, Set<Label> labels) {
        StringBuilder all = new StringBuilder(type.word()).append('\n');
        new TreeSet<>(labels).forEach(label -> all.append(label.value()).append('\n'));
        return new Wish(
                script,
                type,
                labels,
                Sha256Digest.of(all.append('\n').append(script).toString()));
    }

    public Wish withoutScript() {
        return new Wish("", type, labels, digest);
    }

    /** The script is nobody's business. */
    @Override
    public String toString() {
        return "Wish[" + type.word() + ", " + labels + ", " + digest.brief() + "]";
    }
}
