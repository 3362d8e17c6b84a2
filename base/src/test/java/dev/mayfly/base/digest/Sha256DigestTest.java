package dev.mayfly.base.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256DigestTest {
    /** FIPS 180-2, appendix B.1. */
    private static final String ABC = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @TempDir
    Path temp;

    @Test
    void the_published_vectors_come_out() {
        assertThat(Sha256Digest.of("abc")).hasToString(ABC);
        assertThat(Sha256Digest.of(new byte[0]))
                .hasToString("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assertThat(Sha256Digest.of("a".repeat(1_000_000)))
                .hasToString("sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    }

    @Test
    void pieces_streams_and_files_give_the_digest_of_the_whole() throws Exception {
        byte[] bytes = new byte[200_001];
        new Random(1).nextBytes(bytes);
        Sha256Digest whole = Sha256Digest.of(bytes);
        Sha256 pieces = Sha256.start();
        pieces.update(bytes, 0, 7).update(ByteBuffer.wrap(bytes, 7, 100)).update(bytes, 107, bytes.length - 107);
        assertThat(pieces.digest()).isEqualTo(whole);
        assertThat(Sha256Digest.of(new ByteArrayInputStream(bytes))).isEqualTo(whole);
        assertThat(Sha256Digest.ofFile(Files.write(temp.resolve("f"), bytes))).isEqualTo(whole);
    }

    @Test
    void text_and_digest_go_both_ways() {
        Sha256Digest digest = Sha256Digest.parse(ABC);
        assertThat(digest).isEqualTo(Sha256Digest.of("abc")).hasToString(ABC);
        assertThat(digest.bytes()).hasSize(32).startsWith(0xba, 0x78);
        assertThat(digest.brief()).isEqualTo("ba7816bf8f01");
    }

    @Test
    void what_is_no_digest_is_refused() {
        for (String bad : new String[] {
            "",
            "sha256:",
            ABC.substring(7),
            ABC + "0",
            ABC.toUpperCase(java.util.Locale.ROOT),
            ABC.replace('b', 'g'),
            "sha512:" + ABC.substring(7)
        }) {
            assertThatThrownBy(() -> Sha256Digest.parse(bad)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void equal_values_have_one_digest_however_they_are_written() {
        Sha256Digest one = Sha256Digest.of(JsonReader.read("{\"a\":1.0,\"b\":\"x\"}".getBytes(StandardCharsets.UTF_8)));
        Sha256Digest other =
                Sha256Digest.of(JsonReader.read("{ \"b\":\"\\u0078\", \"a\":1 }".getBytes(StandardCharsets.UTF_8)));
        assertThat(one).isEqualTo(other);
    }
}
