package dev.mayfly.env.repo.s3;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What object stores call contents by, in their ETags. It shows accidents; nothing here trusts it against anybody. */
final class Md5 {
    private Md5() {}

    static MessageDigest start() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            // Every Java platform must have it (java.security.MessageDigest).
            throw new IllegalStateException(e);
        }
    }

    static boolean names(String etag, byte[] md5) {
        return etag.replace("\"", "").equals(HexFormat.of().formatHex(md5));
    }
}
