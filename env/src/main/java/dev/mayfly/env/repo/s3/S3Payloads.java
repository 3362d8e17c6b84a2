package dev.mayfly.env.repo.s3;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.CheckedStream;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;

final class S3Payloads implements Payloads {
    private final Bucket bucket;

    S3Payloads(Bucket bucket) {
        this.bucket = bucket;
    }

    @Override
    public Optional<Payload> find(Digest digest) {
        return bucket.size(Keys.payload(digest)).map(size -> new S3Payload(digest, size));
    }

    @Override
    public boolean has(Digest digest) {
        return bucket.size(Keys.payload(digest)).isPresent();
    }

    @Override
    public void each(Consumer<Digest> found) {
        bucket.list(
                Keys.PAYLOADS,
                listed -> Keys.digest(Keys.PAYLOADS, listed.key()).ifPresent(found));
    }

    private final class S3Payload implements Payload {
        private final Digest digest;
        private final long size;

        S3Payload(Digest digest, long size) {
            this.digest = digest;
            this.size = size;
        }

        @Override
        public long size() {
            return size;
        }

        /** Fails at its end when the content has another digest. */
        @Override
        public InputStream open() {
            return new CheckedStream(new PieceStream(bucket, Keys.payload(digest), size), digest);
        }

        @Override
        public Optional<FileRange> range() {
            return Optional.empty();
        }
    }
}
