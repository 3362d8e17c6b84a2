package dev.mayfly.env.erofs;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The extended attributes by which overlayfs takes the content of a file from another path of the layer below
 * (Documentation/filesystems/overlayfs.rst, "Metadata only copy up" and "Data-only lower layers").
 */
final class Redirect {
    private static final byte[] METACOPY = "overlay.metacopy".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] REDIRECT = "overlay.redirect".getBytes(StandardCharsets.US_ASCII);

    private Redirect() {}

    /** How much room they take behind an inode; none without a path. */
    static int bytes(byte[] path) {
        return path.length == 0
                ? 0
                : Format.XATTR_HEADER + entry(METACOPY.length, 0) + entry(REDIRECT.length, path.length);
    }

    /** What the inode says of that room (erofs_xattr_ibody_size). */
    static int count(byte[] path) {
        return path.length == 0 ? 0 : (bytes(path) - Format.XATTR_HEADER) / 4 + 1;
    }

    static void put(ByteBuffer image, int at, byte[] path) {
        int next = put(image, at + Format.XATTR_HEADER, METACOPY, new byte[0]);
        put(image, next, REDIRECT, path);
    }

    private static int put(ByteBuffer image, int at, byte[] name, byte[] value) {
        image.put(at, (byte) name.length);
        image.put(at + 1, (byte) Format.XATTR_TRUSTED);
        image.putShort(at + 2, (short) value.length);
        image.put(at + Format.XATTR_ENTRY, name);
        image.put(at + Format.XATTR_ENTRY + name.length, value);
        return at + entry(name.length, value.length);
    }

    private static int entry(int name, int value) {
        return (int) Format.roundUp(Format.XATTR_ENTRY + name + value, 4);
    }
}
