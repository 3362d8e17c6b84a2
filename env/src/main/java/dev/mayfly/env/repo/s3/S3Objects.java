package dev.mayfly.env.repo.s3;

import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Objects;
import java.util.Optional;
import java.util.function.Consumer;

final class S3Objects implements Objects {
    private final Bucket bucket;

    S3Objects(Bucket bucket) {
        this.bucket = bucket;
    }

    @Override
    public Optional<Encoded> find(Digest digest) {
        return bucket.find(Keys.object(digest), bucket.options().sizes().object())
                .map(found -> {
                    Encoded encoded = new Encoded(digest, found.bytes());
                    ObjectCodec.decode(encoded);
                    return encoded;
                });
    }

    @Override
    public boolean has(Digest digest) {
        return bucket.size(Keys.object(digest)).isPresent();
    }

    @Override
    public void each(Consumer<Digest> found) {
        bucket.list(
                Keys.OBJECTS, listed -> Keys.digest(Keys.OBJECTS, listed.key()).ifPresent(found));
    }
}
