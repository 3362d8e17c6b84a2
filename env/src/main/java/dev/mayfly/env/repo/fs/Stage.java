package dev.mayfly.env.repo.fs;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;

/** Where an ingest writes before it publishes. Safe for concurrent use until {@link #publish}. */
interface Stage extends AutoCloseable {
    /** A place to write to, for one content and one thread, until it is kept or dropped. */
    interface Spot {
        FileChannel channel();

        /** Where to begin in the channel. */
        long start();

        void keep(Digest digest, long length, int checksum) throws IOException;

        void drop() throws IOException;
    }

    Spot spot(Kind kind) throws IOException;

    /**
     * Makes everything durable and visible: payloads before objects, since an object that is there promises its payloads.
     */
    void publish() throws IOException;

    @Override
    void close() throws IOException;
}
