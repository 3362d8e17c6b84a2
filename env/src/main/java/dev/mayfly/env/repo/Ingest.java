package dev.mayfly.env.repo;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import java.io.IOException;
import java.io.InputStream;

/**
 * One piece of work that writes: everything in it becomes durable together by {@link #publish}, and only then may a tag
 * name it. Nothing that was put in, or was found to be there already, is collected as garbage before it is closed. Safe for
 * concurrent use until {@link #publish}.
 */
public interface Ingest extends Hold {
    /** @param size bytes */
    record Written(Digest digest, long size) {}

    /** Reads to the end of the stream. */
    Written payload(InputStream content) throws IOException;

    /**
     * Like {@link #payload(InputStream)} for content that should have this digest.
     *
     * @throws dev.mayfly.base.error.MayflyException when it has another; nothing is kept then
     */
    void payload(Digest expected, InputStream content) throws IOException;

    /**
     * Like {@link #payload(Digest, InputStream)}, when what is there under that digest is damaged: it is written whatever is
     * there, and found instead of that from the publishing on. A repository that cannot do so keeps what it has.
     */
    default void replacePayload(Digest expected, InputStream content) throws IOException {
        payload(expected, content);
    }

    /** Like {@link #replacePayload} for {@link #object(Encoded)}. */
    default void replaceObject(Encoded object) {
        object(object);
    }

    /** In the format and strategy of this repository. */
    Digest object(EnvObject object);

    /**
     * As it is.
     *
     * @throws dev.mayfly.base.error.MayflyException when it does not have its digest; nothing is kept then
     */
    void object(Encoded object);

    /** Makes all of it durable; nothing can be added afterwards. What was there already is durable too. */
    void publish();

    /** Lets go of what was not published. */
    @Override
    void close();
}
