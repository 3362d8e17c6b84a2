package dev.mayfly.env.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.repo.Encoded;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Bytes and digests that SPFS 0.44 itself wrote ({@code spfs.tsv}: name, form, digest, hex). */
class GoldenTest {
    private static final Map<String, Form> FORMS = Map.of(
            "ll", new Form(Format.LEGACY, Strategy.LEGACY),
            "ls", new Form(Format.LEGACY, Strategy.SALTED),
            "fl", new Form(Format.FLATBUFFERS, Strategy.LEGACY),
            "fs", new Form(Format.FLATBUFFERS, Strategy.SALTED));

    record Vector(String name, String form, Digest digest, byte[] bytes) {
        boolean isTag() {
            return form.equals("tag");
        }
    }

    static List<Vector> vectors() {
        try (InputStream file = Objects.requireNonNull(GoldenTest.class.getResourceAsStream("spfs.tsv"))) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("\t"))
                    .map(part -> new Vector(
                            part[0],
                            part[1],
                            Digest.parse(part[2]).orElseThrow(),
                            HexFormat.of().parseHex(part[3])))
                    .toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void every_object_of_spfs_reads_as_what_it_was_made_of() {
        Map<String, EnvObject> made = Samples.objects();
        int seen = 0;
        for (Vector vector : vectors()) {
            if (!vector.isTag()) {
                Decoded decoded = ObjectCodec.decode(new Encoded(vector.digest(), vector.bytes()));
                assertThat(decoded.object())
                        .as(vector.name() + " " + vector.form())
                        .isEqualTo(made.get(vector.name()));
                assertThat(decoded.header().form()).isEqualTo(FORMS.get(vector.form()));
                seen++;
            }
        }
        assertThat(seen).isEqualTo(52);
    }

    @Test
    void what_is_written_has_the_digest_of_spfs_and_its_bytes_wherever_they_are_fixed() {
        Map<String, EnvObject> made = Samples.objects();
        for (Vector vector : vectors()) {
            if (!vector.isTag()) {
                EnvObject object = Objects.requireNonNull(made.get(vector.name()));
                Form form = Objects.requireNonNull(FORMS.get(vector.form()));
                Encoded encoded = ObjectCodec.encode(object, form);
                assertThat(encoded.digest())
                        .as(vector.name() + " " + vector.form())
                        .isEqualTo(vector.digest());
                // Where the trees of a manifest lie within FlatBuffers has no meaning: SPFS nests them, we do not.
                if (form.format() == Format.LEGACY || !(object instanceof Manifest)) {
                    assertThat(encoded.bytes())
                            .as(vector.name() + " " + vector.form())
                            .isEqualTo(vector.bytes());
                }
                assertThat(ObjectCodec.decode(encoded).object()).isEqualTo(object);
            }
        }
    }

    @Test
    void tags_read_and_write_as_those_of_spfs() {
        Map<String, Tag> made = Samples.tags();
        int seen = 0;
        for (Vector vector : vectors()) {
            if (vector.isTag()) {
                Tag tag = Objects.requireNonNull(made.get(vector.name()));
                assertThat(TagCodec.encode(tag)).as(vector.name()).isEqualTo(vector.bytes());
                assertThat(TagCodec.decode(vector.bytes())).isEqualTo(tag);
                assertThat(TagCodec.digest(tag)).isEqualTo(vector.digest());
                seen++;
            }
        }
        assertThat(seen).isEqualTo(4);
    }
}
