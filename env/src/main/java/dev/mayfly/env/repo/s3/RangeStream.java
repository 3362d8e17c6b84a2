package dev.mayfly.env.repo.s3;

import dev.mayfly.env.repo.PieceStream;

/** Reads what is under a key range by range, so that a connection that is lost costs one range. */
final class RangeStream extends PieceStream {
    private final Bucket bucket;
    private final String key;
    private final long size;
    private long taken;

    RangeStream(Bucket bucket, String key, long size) {
        this.bucket = bucket;
        this.key = key;
        this.size = size;
    }

    @Override
    protected byte[] next() {
        if (taken >= size) {
            return new byte[0];
        }
        byte[] range =
                bucket.range(key, taken, (int) Math.min(bucket.options().sizes().piece(), size - taken));
        taken += range.length;
        return range;
    }
}
