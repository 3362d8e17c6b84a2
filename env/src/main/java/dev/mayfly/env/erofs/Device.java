package dev.mayfly.env.erofs;

import java.nio.file.Path;

/**
 * A file that an image takes contents from.
 *
 * @param length bytes that it has to have, whole blocks: the kernel reads whole blocks, and answers with an error or, before
 *     6.18, with zeros where the file has ended
 */
record Device(Path file, long length) {}
