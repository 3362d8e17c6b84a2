package dev.mayfly.env.fuse;

import dev.mayfly.base.error.MayflyException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * A file that arrives piece by piece while it is read through {@link FuseServer#feed}. What has arrived lies in a file of this
 * machine at the same places. Safe for concurrent use.
 */
public interface DeviceFile {
    /** Of the whole, in bytes. */
    long length();

    /** Where bytes lie that are {@link #ready}; as long as the whole, with holes. */
    Path spool();

    /** Whether all of these bytes have arrived and were compared with their digests. Quick, and never waits. */
    boolean ready(long offset, int length);

    /**
     * Gets these bytes before others. The answer comes in bounded time.
     *
     * @return done when they are {@link #ready}; fails with a {@link MayflyException} that has the digest of what is not to
     *     be had
     */
    CompletableFuture<Void> demand(long offset, int length);
}
