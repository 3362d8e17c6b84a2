package dev.mayfly.env.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.repo.Encoded;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObjectCodecTest {
    private static final RawName LATIN = RawName.of("caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));

    private static Manifest with(RawName name) {
        return Manifest.of(List.of(Tree.of(List.of(Entry.blob(name, FileMode.REGULAR | 0644, Digest.EMPTY, 0)))));
    }

    @Test
    void a_name_that_is_not_utf8_is_refused_where_spfs_reads() {
        for (Format format : Format.values()) {
            MayflyException refused = catchThrowableOfType(
                    MayflyException.class, () -> ObjectCodec.encode(with(LATIN), format, Strategy.SALTED));
            assertThat(refused.code()).isEqualTo(ErrorCode.NAME_UNFIT);
            assertThat(refused.what()).contains("caf\\xe9");
        }
    }

    @Test
    void a_name_that_is_not_utf8_is_kept_where_names_are_bytes_and_the_header_says_so() {
        for (Format format : Format.values()) {
            Form form = new Form(format, Strategy.SALTED, Names.BYTES);
            Encoded encoded = ObjectCodec.encode(with(LATIN), form);
            Decoded decoded = ObjectCodec.decode(encoded);
            assertThat(decoded.object()).isEqualTo(with(LATIN));
            assertThat(decoded.header().form()).isEqualTo(form);
            encoded.bytes()[15] = 0;
            MayflyException refused = catchThrowableOfType(MayflyException.class, () -> ObjectCodec.decode(encoded));
            assertThat(refused.why()).contains("not UTF-8");
        }
    }

    @Test
    void names_in_utf8_are_written_as_spfs_does_even_where_names_are_bytes() {
        Manifest manifest = with(RawName.of("café"));
        Form usual = new Form(Format.FLATBUFFERS, Strategy.SALTED);
        Form bytes = new Form(Format.FLATBUFFERS, Strategy.SALTED, Names.BYTES);
        assertThat(ObjectCodec.encode(manifest, bytes).bytes())
                .isEqualTo(ObjectCodec.encode(manifest, usual).bytes());
    }

    @Test
    void the_header_of_an_object_keeps_its_digest_when_it_is_written_again() {
        for (GoldenTest.Vector vector : GoldenTest.vectors()) {
            if (!vector.isTag()) {
                Decoded decoded = ObjectCodec.decode(vector.bytes());
                Encoded again =
                        ObjectCodec.encode(decoded.object(), decoded.header().form());
                assertThat(again.digest()).isEqualTo(vector.digest());
                assertThat(ObjectCodec.decode(again).header()).isEqualTo(decoded.header());
            }
        }
    }

    @Test
    void an_object_under_the_digest_of_another_is_corrupt() {
        Encoded blob = ObjectCodec.encode(with(RawName.of("a")), Form.USUAL);
        MayflyException refused = catchThrowableOfType(
                MayflyException.class, () -> ObjectCodec.decode(new Encoded(Digest.EMPTY, blob.bytes())));
        assertThat(refused.code()).isEqualTo(ErrorCode.CONTENT_CORRUPT);
        assertThat(refused.what()).contains(Digest.EMPTY.toString());
        assertThat(refused.why()).contains(blob.digest().toString());
    }

    @Test
    void an_empty_platform_collides_with_eight_zeros_in_the_old_strategy_only() {
        Digest zeros = Digest.of(new byte[8]);
        var empty = new Platform(List.of());
        assertThat(ObjectCodec.digest(empty, Strategy.LEGACY)).isEqualTo(zeros);
        assertThat(ObjectCodec.digest(empty, Strategy.SALTED)).isNotEqualTo(zeros);
    }
}
