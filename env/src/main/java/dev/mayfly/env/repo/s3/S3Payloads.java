package dev.mayfly.env.repo.s3;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.FarPayload;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import java.util.Optional;
import java.util.function.Consumer;

final class S3Payloads implements Payloads {
    private final Bucket bucket;

    S3Payloads(Bucket bucket) {
        this.bucket = bucket;
    }

    @Override
    public Optional<Payload> find(Digest digest) {
        return bucket.size(Keys.payload(digest))
                .map(size -> new FarPayload(digest, size, () -> new RangeStream(bucket, Keys.payload(digest), size)));
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
}
