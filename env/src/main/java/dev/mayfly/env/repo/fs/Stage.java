package dev.mayfly.env.repo.fs;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.pack.PackFolder;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.List;

/** Where an ingest writes before it publishes. Safe for concurrent use until it is published. */
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
     * Says what an object names, before it is kept: it comes into use after that.
     *
     * @param isBlob whether it says that a payload is there: then whatever names the payload comes after it
     */
    default void names(Digest object, boolean isBlob, List<Digest> objects) {}

    /**
     * Makes everything durable and visible: payloads before objects, and objects after those that they name, since an object that
     * is there promises all that.
     *
     * @param told of packs that came: what was damaged and is replaced now is still known where it was
     */
    void publish(PackFolder told) throws IOException;

    @Override
    void close() throws IOException;
}
