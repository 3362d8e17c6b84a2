package dev.mayfly.env.repo.layered;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Objects;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.Tags;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A repository as its tags were at a time; read-only. The newest tag then is the last record of the stream that is not younger
 * than that time; what stands below it stays, whatever the clocks said that wrote it.
 */
public final class PinnedRepository implements Repository {
    private final Repository inner;
    private final Instant when;

    public PinnedRepository(Repository inner, Instant when) {
        this.inner = inner;
        this.when = when;
    }

    @Override
    public String address() {
        return inner.address() + " as of " + when;
    }

    @Override
    public Objects objects() {
        return inner.objects();
    }

    @Override
    public Payloads payloads() {
        return inner.payloads();
    }

    @Override
    public Ingest ingest() {
        throw readOnly();
    }

    @Override
    public void close() {
        inner.close();
    }

    private MayflyException readOnly() {
        return new MayflyException(
                ErrorCode.REPOSITORY_UNSUITABLE,
                "Nothing can be written to " + address(),
                "it shows the past",
                "Write to the repository without a time.");
    }

    @Override
    public Tags tags() {
        return new Tags() {
            @Override
            public Optional<Tag> find(TagName name, long version) {
                List<Tag> history = history(name);
                return version < 0 || version >= history.size()
                        ? Optional.empty()
                        : Optional.of(history.get((int) version));
            }

            @Override
            public List<Tag> history(TagName name) {
                return inner.tags().history(name).stream()
                        .dropWhile(tag -> tag.time().isAfter(when))
                        .toList();
            }

            @Override
            public void each(String prefix, Consumer<TagName> found) {
                inner.tags().each(prefix, name -> {
                    if (find(name).isPresent()) {
                        found.accept(name);
                    }
                });
            }

            @Override
            public Tag push(TagName name, Digest target, String user) {
                throw readOnly();
            }

            @Override
            public Optional<Tag> push(TagName name, Digest target, String user, Digest expected) {
                throw readOnly();
            }

            @Override
            public void insert(List<Tag> tags) {
                throw readOnly();
            }

            @Override
            public boolean remove(Tag tag) {
                throw readOnly();
            }

            @Override
            public boolean removeAll(TagName name) {
                throw readOnly();
            }
        };
    }
}
