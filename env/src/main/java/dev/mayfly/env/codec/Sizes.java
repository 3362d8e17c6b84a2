package dev.mayfly.env.codec;

/** Sizes of files: the formats have 64 bits without a sign, kernels 63. */
final class Sizes {
    private Sizes() {}

    static long of(long size) {
        if (size < 0) {
            throw Corrupt.object("a size of " + Long.toUnsignedString(size) + " bytes is more than files have");
        }
        return size;
    }
}
