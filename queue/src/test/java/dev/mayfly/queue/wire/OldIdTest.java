package dev.mayfly.queue.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The digests were made with another program: {@code (printf BODY; printf SEED) | sha256sum}. */
final class OldIdTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '\0',
            delimiter = '|',
            value = {
                // seed 258: \\002\\001\\0\\0\\0\\0\\0\\0
                "{\"cmd\":\"echo hi\",\"seed\":258}|576160733c8656aa45af34dbdc66cedb50f97c696e28b039f02cffbb22083078",
                // none: eight times \\0
                "{\"cmd\":\"echo hi\"}|8e757a4897e6b8ea2aec0fcb2696297a1476bb442ddd9cd61877006c9ab1b609",
                // no JSON at all
                "not json|85a48ae54c1d78435e9460435ed73a0b67c1bde0bc80aa552b5a35ded3c5aa24",
                // the largest: eight times \\377
                "{\"seed\":18446744073709551615}|183d3922965d3b120dc7963a79e96b69bc6f952aa20f817153cb6f0efef984ab",
            })
    void an_old_client_waits_under_the_digest_of_its_bytes_and_the_seed(String body, String digest) {
        assertThat(OldId.of(body.getBytes(StandardCharsets.UTF_8)).value()).isEqualTo("r_" + digest);
    }
}
