package dev.mayfly.env.erofs;

import java.nio.file.Path;

/**
 * A file that an image takes contents from.
 *
 * @param length bytes that it has to have, whole blocks: the kernel reads whole blocks, and answers with an error or, before
 *     6.18, with zeros where the file has ended
 */
record Device(Path file, long length) {
    private static final long FOLDER = -1;

    /** Among the places of an image, the folder that an overlay takes contents from. */
    static Device folder(Path folder) {
        return new Device(folder, FOLDER);
    }

    boolean isFolder() {
        return length == FOLDER;
    }
}
