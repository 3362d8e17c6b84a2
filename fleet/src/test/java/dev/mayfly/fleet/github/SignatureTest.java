package dev.mayfly.fleet.github;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SignatureTest {
    private static final byte[] BODY = "Hello, World!".getBytes(StandardCharsets.UTF_8);
    private static final String SECRET = "It's a Secret to Everybody";

    /** From GitHub's documentation, "Validating webhook deliveries", "Testing the webhook payload validation". */
    private static final String RIGHT = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    @Test
    void what_github_has_signed_fits() {
        assertThat(Signature.of(SECRET, BODY)).isEqualTo(RIGHT);
        assertThat(Signature.fits(SECRET, BODY, RIGHT)).isTrue();
    }

    @Test
    void another_body_another_secret_or_no_signature_does_not() {
        assertThat(Signature.fits(SECRET, "Hello, World?".getBytes(StandardCharsets.UTF_8), RIGHT))
                .isFalse();
        assertThat(Signature.fits("another", BODY, RIGHT)).isFalse();
        assertThat(Signature.fits(SECRET, BODY, "")).isFalse();
        assertThat(Signature.fits(SECRET, BODY, RIGHT.replace("sha256=", "sha1=")))
                .isFalse();
        assertThat(Signature.fits(SECRET, BODY, RIGHT.substring(0, 20))).isFalse();
    }
}
