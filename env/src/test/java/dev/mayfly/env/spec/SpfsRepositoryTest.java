package dev.mayfly.env.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.codec.Form;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.codec.TagCodec;
import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.view.Stack;
import dev.mayfly.env.view.View;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole repository that SPFS 0.44 made ({@code spfs-repository.tsv}: path, hex) of a folder with a file, a program, a link
 * and an empty folder: a layer, the same with an annotation, and a platform of both.
 */
class SpfsRepositoryTest {
    private static final Digest MANIFEST = Digest.parse("S6KUVDMW2RHMHTPQ7DDJOI5E373W6AJHSV75ZEBW6UPJSNVD2MAQ====")
            .orElseThrow();
    private static final Digest PLAIN = Digest.parse("XZ5XIUNYOSPOBE5UVOFVNVFYXRE63BUCLSALZ37UWSOPL5PEA6QA====")
            .orElseThrow();
    private static final Digest NOTED = Digest.parse("WEQO7B5WIBJORVBNT7OG6SX26IN7ATFOZTHNVAJVSACXM2FQGHGA====")
            .orElseThrow();

    @TempDir
    Path folder;

    private Repository repository;

    @BeforeEach
    void lay_out() throws IOException {
        for (String each : List.of("objects/work", "payloads/work", "renders", "durable_edits")) {
            Files.createDirectories(folder.resolve(each));
        }
        try (InputStream file =
                Objects.requireNonNull(SpfsRepositoryTest.class.getResourceAsStream("spfs-repository.tsv"))) {
            for (String line : new String(file.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .toList()) {
                String[] parts = line.split("\t", -1);
                Path at = folder.resolve(parts[0]);
                Files.createDirectories(Objects.requireNonNull(at.getParent()));
                Files.write(at, HexFormat.of().parseHex(parts[1]));
            }
        }
        repository = FsRepository.open(folder);
    }

    @AfterEach
    void close() {
        repository.close();
    }

    private Resolved resolve(String spec) {
        return new Resolver(List.of(repository), new SpecLoader()).resolve(EnvSpec.parse(spec));
    }

    private View view(Resolved resolved) {
        List<Manifest> manifests = new ArrayList<>();
        for (Resolved.Found each : resolved.layers()) {
            Digest manifest = each.layer().manifest().orElseThrow();
            manifests.add((Manifest)
                    ObjectCodec.decode(repository.objects().find(manifest).orElseThrow())
                            .object());
        }
        return Stack.view(manifests);
    }

    private String content(View view, String path) throws IOException {
        Digest payload = view.object(view.find(path).orElseThrow());
        try (InputStream in = repository.payloads().find(payload).orElseThrow().open()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void its_tags_platforms_and_layers_lead_to_its_files() throws IOException {
        Resolved all = resolve("all");
        assertThat(all.digests()).containsExactly(PLAIN, NOTED);
        assertThat(resolve("t/one").digests()).containsExactly(NOTED);
        assertThat(resolve("t/one~1").digests()).containsExactly(PLAIN);
        assertThat(resolve(NOTED.brief()).digests()).containsExactly(NOTED);
        View view = view(all);
        List<String> lines = new ArrayList<>();
        for (int i = 1; i < view.count(); i++) {
            lines.add(Integer.toOctalString(view.mode(i)) + " " + view.path(i));
        }
        assertThat(lines)
                .containsExactlyInAnyOrder(
                        "40755 /bin", "100755 /bin/run", "120777 /bin/link", "40700 /empty", "100644 /hello.txt");
        assertThat(content(view, "hello.txt")).isEqualTo("hello\n");
        assertThat(content(view, "bin/run")).isEqualTo("#!/bin/sh\n");
        assertThat(content(view, "bin/link")).isEqualTo("../hello.txt");
    }

    @Test
    void its_tags_are_chained_by_the_digests_that_we_give_them() {
        List<Tag> history = repository.tags().history(TagName.parse("t/one"));
        assertThat(history).hasSize(2);
        assertThat(history.get(0).parent()).isEqualTo(TagCodec.digest(history.get(1)));
        assertThat(history.get(1).parent()).isEqualTo(Digest.NULL);
        assertThat(history.get(0).user()).isEqualTo("somebody@example");
    }

    @Test
    void the_same_folder_has_the_same_digests_here() {
        Tree bin = Tree.of(List.of(file("run", 0100755, "#!/bin/sh\n"), file("link", 0120777, "../hello.txt")));
        Tree empty = Tree.of(List.of());
        Tree root = Tree.of(List.of(
                file("hello.txt", 0100644, "hello\n"),
                Entry.tree(RawName.of("bin"), 040755, bin.digest()),
                Entry.tree(RawName.of("empty"), 040700, empty.digest())));
        assertThat(ObjectCodec.encode(Manifest.of(root, List.of(empty, bin)), Form.USUAL)
                        .digest())
                .isEqualTo(MANIFEST);
        Layer noted = new Layer(Optional.of(MANIFEST), List.of(new Annotation("who", new Annotation.Inline("spfs"))));
        assertThat(ObjectCodec.encode(noted, Form.USUAL).digest()).isEqualTo(NOTED);
        assertThat(ObjectCodec.encode(Layer.of(MANIFEST), Form.USUAL).digest()).isEqualTo(PLAIN);
    }

    private static Entry file(String name, int mode, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return Entry.blob(RawName.of(name), mode, Digest.of(bytes), bytes.length);
    }
}
