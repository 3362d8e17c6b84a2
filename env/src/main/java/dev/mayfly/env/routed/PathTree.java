package dev.mayfly.env.routed;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * A read-only tree of files as somebody who asks for paths sees it. A path begins with a slash and has no other one at its
 * end. Safe for concurrent use.
 */
public interface PathTree {
    /**
     * @param mode a whole {@code st_mode}
     * @param size bytes of a file or of a link's target
     */
    record Facts(int mode, long size) {}

    /** @param caller number of the process that asks; empty when there is no such path for it */
    Optional<Facts> facts(String path, int caller);

    /** Of a directory, without the dots. */
    List<String> names(String path, int caller);

    /** Of a link. */
    Optional<String> target(String path, int caller);

    /**
     * Reads from a file into all of the room that is left.
     *
     * @return bytes; fewer than there is room for only at the end of the file
     * @throws IOException when bytes that should be there are not to be had
     */
    int read(String path, ByteBuffer into, long offset) throws IOException;
}
