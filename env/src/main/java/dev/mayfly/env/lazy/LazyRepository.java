package dev.mayfly.env.lazy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.lazy.LazyPlan.Part;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Objects;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.Tags;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;

/** The origin as whoever copies it should see it: what a reader of the view has fetched is not fetched again. */
record LazyRepository(Repository origin, LazyPlan plan, Feed feed) implements Repository {
    @Override
    public String address() {
        return origin.address();
    }

    @Override
    public Objects objects() {
        return origin.objects();
    }

    @Override
    public Tags tags() {
        return origin.tags();
    }

    @Override
    public Payloads payloads() {
        return new Payloads() {
            @Override
            public Optional<Payload> find(Digest digest) {
                Optional<Part> part = plan.part(digest);
                return part.isPresent()
                        ? Optional.of(new Fed(part.get(), feed))
                        : origin.payloads().find(digest);
            }

            @Override
            public boolean has(Digest digest) {
                return plan.part(digest).isPresent() || origin.payloads().has(digest);
            }

            @Override
            public void each(Consumer<Digest> found) {
                origin.payloads().each(found);
            }
        };
    }

    private record Fed(Part part, Feed feed) implements Payload {
        @Override
        public long size() {
            return part.size();
        }

        @Override
        public InputStream open() throws IOException {
            try {
                return feed.open(part);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("the wait for " + part.digest() + " was interrupted", e);
            }
        }

        @Override
        public Optional<FileRange> range() {
            return Optional.empty();
        }
    }

    @Override
    public Ingest ingest() {
        throw new MayflyException(
                ErrorCode.REPOSITORY_UNSUITABLE,
                "nothing can be written to " + address(),
                "it is only read from here",
                "push to it instead");
    }

    /** The origin is its owner's. */
    @Override
    public void close() {}
}
