package dev.mayfly.env.repo.layered;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Objects;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.Tags;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A primary repository that is repaired while it is read: what it lacks, or has with damage, is fetched from others, checked,
 * and kept. When it cannot be kept (no space, read-only) the reader gets it from where it is. Lists and tags are those of the
 * primary.
 */
public final class FallbackRepository implements Repository {
    private final Repository primary;
    private final List<Repository> others;
    private final RepairListener listener;

    public FallbackRepository(Repository primary, List<Repository> others, RepairListener listener) {
        this.primary = primary;
        this.others = List.copyOf(others);
        this.listener = listener;
    }

    @Override
    public String address() {
        return primary.address();
    }

    @Override
    public Objects objects() {
        return new Objects() {
            @Override
            public Optional<Encoded> find(Digest digest) {
                Optional<Encoded> here = here(() -> primary.objects().find(digest));
                return here.isPresent() ? here : elsewhere(digest);
            }

            @Override
            public boolean has(Digest digest) {
                return primary.objects().has(digest)
                        || new Several(primary, others)
                                .any(each -> each.objects().has(digest));
            }

            @Override
            public void each(Consumer<Digest> found) {
                primary.objects().each(found);
            }
        };
    }

    private Optional<Encoded> elsewhere(Digest digest) {
        return Several.first(others, each -> {
            Optional<Encoded> found = each.objects().find(digest);
            found.ifPresent(object -> repair(digest, each, ingest -> ingest.replaceObject(object)));
            return found;
        });
    }

    @Override
    public Payloads payloads() {
        return new Payloads() {
            @Override
            public Optional<Payload> find(Digest digest) {
                Optional<Payload> here = here(() -> primary.payloads().find(digest));
                return here.isPresent() ? here : contentElsewhere(digest);
            }

            @Override
            public boolean has(Digest digest) {
                return primary.payloads().has(digest)
                        || new Several(primary, others)
                                .any(each -> each.payloads().has(digest));
            }

            @Override
            public void each(Consumer<Digest> found) {
                primary.payloads().each(found);
            }
        };
    }

    private Optional<Payload> contentElsewhere(Digest digest) {
        return Several.first(others, each -> {
            Optional<Payload> found = each.payloads().find(digest);
            if (found.isEmpty()) {
                return found;
            }
            boolean repaired = repair(digest, each, ingest -> {
                try (InputStream content = found.get().open()) {
                    ingest.payload(digest, content);
                } catch (IOException e) {
                    throw unread(digest, each, e);
                }
            });
            return repaired ? primary.payloads().find(digest).or(() -> found) : found;
        });
    }

    /** Damage counts as absence. */
    private static <T> Optional<T> here(java.util.function.Supplier<Optional<T>> question) {
        try {
            return question.get();
        } catch (MayflyException e) {
            if (e.code() != ErrorCode.CONTENT_CORRUPT) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /**
     * @throws MayflyException {@code CONTENT_CORRUPT} when the other one has it damaged, so that the next one is asked, and
     *     what it throws when it cannot be read
     */
    private boolean repair(Digest digest, Repository from, Consumer<Ingest> put) {
        try (Ingest ingest = primary.ingest()) {
            put.accept(ingest);
            ingest.publish();
        } catch (MayflyException e) {
            if (e.code() == ErrorCode.CONTENT_CORRUPT || e.code() == ErrorCode.REMOTE_UNREACHABLE) {
                throw e;
            }
            listener.notRepaired(digest, e);
            return false;
        }
        listener.repaired(digest, from.address());
        return true;
    }

    private static MayflyException unread(Digest digest, Repository from, IOException e) {
        if (e.getCause() instanceof MayflyException known) {
            return known;
        }
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "The payload " + digest + " cannot be read from " + from.address(),
                Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName()),
                "Look at that repository, or check it.",
                e);
    }

    @Override
    public Tags tags() {
        return primary.tags();
    }

    @Override
    public Ingest ingest() {
        return primary.ingest();
    }

    @Override
    public void close() {
        new Several(primary, others).close();
    }
}
