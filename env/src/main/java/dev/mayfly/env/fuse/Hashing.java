package dev.mayfly.env.fuse;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Digests of bytes as they pass by. */
final class Hashing {
    private static final int BUFFER = 1 << 17;

    private Hashing() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** Copies content into a file, and fails when it is not that of the digest. */
    static void copy(InputStream from, Path to, Digest expected) throws IOException {
        MessageDigest hash = sha256();
        try (OutputStream out = Files.newOutputStream(to)) {
            byte[] buffer = new byte[BUFFER];
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                hash.update(buffer, 0, n);
                out.write(buffer, 0, n);
            }
        }
        check(hash, expected, "what was fetched");
    }

    static void check(MessageDigest hash, Digest expected, String where) {
        Digest found = Digest.at(hash.digest(), 0);
        if (!found.equals(expected)) {
            throw corrupt(expected, where + " has the digest " + found);
        }
    }

    static MayflyException corrupt(Digest expected, String why) {
        return new MayflyException(
                ErrorCode.CONTENT_CORRUPT,
                "the payload " + expected + " is not handed to readers",
                why,
                "remove it and pull the environment again from where it was made");
    }
}
