package dev.mayfly.sandbox.request;

import dev.mayfly.base.digest.Sha256;
import dev.mayfly.sandbox.allow.Ascii;
import dev.mayfly.sandbox.api.RunRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The name of a run: {@code r_} and 64 hexadecimal digits; the same request, policy and seed have the same name. */
public record RunId(String value) {
    private static final byte[] DOMAIN = "mayfly-run-1\0".getBytes(StandardCharsets.US_ASCII);

    public RunId {
        boolean hex = value.length() == 66
                && value.startsWith("r_")
                && value.chars().skip(2).allMatch(Ascii::isLowerHex);
        if (!hex) {
            throw new IllegalArgumentException("a run id is r_ and 64 hexadecimal digits, not '" + value + "'");
        }
    }

    /**
     * SHA-256 over a domain tag, then request, policy digest and seed, each with its length in front, so that no two
     * triples give the same bytes.
     */
    public static RunId of(RunRequest request, String policyDigest, long seed) {
        Sha256 digest = Sha256.start();
        digest.update(DOMAIN);
        framed(digest, CanonicalRequest.bytes(request));
        framed(digest, policyDigest.getBytes(StandardCharsets.UTF_8));
        framed(digest, ByteBuffer.allocate(Long.BYTES).putLong(seed).array());
        return new RunId("r_" + digest.digest().hex());
    }

    private static void framed(Sha256 digest, byte[] part) {
        digest.update(ByteBuffer.allocate(Long.BYTES).putLong(part.length).array());
        digest.update(part);
    }

    @Override
    public String toString() {
        return value;
    }
}
