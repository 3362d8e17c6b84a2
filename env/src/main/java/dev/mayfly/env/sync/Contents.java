package dev.mayfly.env.sync;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Repository;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** All that some tags or digests lead to, for who writes it elsewhere than into a repository. */
public final class Contents {
    private final Repository from;
    private final Survey survey;
    private final List<Tag> tags;

    private Contents(Repository from, Survey survey, List<Tag> tags) {
        this.from = from;
        this.survey = survey;
        this.tags = tags;
    }

    /**
     * Reads all objects; payloads are not looked for.
     *
     * @throws dev.mayfly.base.error.MayflyException as {@link Copier#copy}
     */
    public static Contents of(Repository from, List<Wanted> wanted, CopyOptions options) {
        Targets targets = Targets.of(from, wanted);
        Survey survey = new Survey(from, Optional.empty(), options, new Counts(CopyListener.none()));
        survey.read(targets.roots());
        return new Contents(from, survey, targets.tags());
    }

    /** Oldest first within a stream. */
    public List<Tag> tags() {
        return tags;
    }

    /** Each after all that it names. */
    public List<Digest> objects() {
        return survey.childrenFirst();
    }

    /** @throws dev.mayfly.base.error.MayflyException {@code CONTENT_MISSING} when it went away meanwhile */
    public Encoded object(Digest digest) {
        return survey.object(digest)
                .orElseThrow(() -> Survey.missing("object", digest, "what was read a moment ago", from));
    }

    /** Who needs a payload, for people. */
    public String namedBy(Digest payload) {
        Survey.Need need = survey.payloads().get(payload);
        return need == null ? "nothing" : need.namedBy();
    }

    /** Sorted. */
    public Set<Digest> payloads() {
        return Collections.unmodifiableSet(survey.payloads().keySet());
    }
}
