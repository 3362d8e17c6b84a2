package dev.mayfly.fleet.guest.http;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Shows that a message comes from somebody who knows a machine's nonce, without saying it: an HMAC of all that matters. */
final class Proof {
    /** Of which runner this is; only what knows several asks. */
    static final String RUNNER = "x-mayfly-runner";

    /** Higher with each message of one sender. */
    static final String COUNT = "x-mayfly-count";

    static final String PROOF = "x-mayfly-proof";

    private static final String ALGORITHM = "HmacSHA256";
    private static final String LINE = "\n";

    private final SecretKeySpec key;

    /** @param nonce hexadecimal digits */
    Proof(String nonce) {
        this.key = new SecretKeySpec(HexFormat.of().parseHex(nonce), ALGORITHM);
    }

    String ofQuestion(String method, String path, long count, String body) {
        return of("question\n" + method + LINE + path + LINE + count + LINE, body);
    }

    /** @param count of the question, so that an answer fits no other */
    String ofAnswer(int status, long count, String body) {
        return of("answer\n" + status + LINE + count + LINE, body);
    }

    private String of(String head, String body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(head.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** In a time that tells nothing of the right one. */
    static boolean same(String right, String claimed) {
        return MessageDigest.isEqual(right.getBytes(StandardCharsets.UTF_8), claimed.getBytes(StandardCharsets.UTF_8));
    }
}
