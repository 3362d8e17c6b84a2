package dev.mayfly.env.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpecLoaderTest {
    @TempDir
    Path temporary;

    private Path folder;

    @BeforeEach
    void real_path() throws IOException {
        folder = temporary.toRealPath();
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static LoadedSpec load(Object spec) {
        return new SpecLoader().load(EnvSpec.parse(spec.toString()));
    }

    private static MayflyException refused(Object spec) {
        MayflyException thrown = catchThrowableOfType(MayflyException.class, () -> load(spec));
        assertThat(thrown.code()).isEqualTo(ErrorCode.ENV_SPEC_INVALID);
        return thrown;
    }

    @Test
    void a_run_spec_is_a_list_of_items_in_its_place() throws IOException {
        Path inner = write("inner.spfs.yaml", "api: spfs/v0/runspec\nlayers:\n- middle\n");
        Path outer = write("outer.spfs.yaml", "api: spfs/v0/runspec\nlayers:\n- low~2\n- " + inner + "\n- 3YDG\n");
        assertThat(load("base+" + outer + "+top").references())
                .extracting(Object::toString)
                .containsExactly("base", "low~2", "middle", "3YDG", "top");
    }

    @Test
    void a_live_layer_mounts_what_lies_in_its_folder() throws IOException {
        Files.createDirectories(folder.resolve("src/lib"));
        Path file = write("my.spfs.yaml", """
                # as SPFS writes it
                api: v0/livelayer
                contents:
                 - bind: src
                   dest: /spfs/a//b/
                 - src: src/lib
                   dest: lib/x
                """);
        LoadedSpec loaded = load("base+" + file);
        assertThat(loaded.references()).hasSize(1);
        assertThat(loaded.live()).singleElement().satisfies(live -> {
            assertThat(live.file()).isEqualTo(file);
            assertThat(live.mounts())
                    .containsExactly(
                            new BindMount(folder.resolve("src"), "a/b"),
                            new BindMount(folder.resolve("src/lib"), "lib/x"));
        });
    }

    @Test
    void a_folder_stands_for_its_layer_file_and_contents_may_be_nothing() throws IOException {
        write("layer.spfs.yaml", "api: spfs/v0/livelayer\ncontents:\n");
        assertThat(load(folder).live())
                .singleElement()
                .satisfies(live -> assertThat(live.mounts()).isEmpty());
    }

    @Test
    void a_source_that_leads_out_of_the_folder_is_refused_whatever_way_it_takes() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Path inside = Files.createDirectory(folder.resolve("inside"));
        Files.createSymbolicLink(inside.resolve("link"), outside);
        for (String source : new String[] {"../outside", outside.toString(), "link", "link/../outside", "/etc"}) {
            Path file = Files.writeString(
                    inside.resolve("a.spfs.yaml"),
                    "api: spfs/v0/livelayer\ncontents:\n- src: " + source + "\n  dest: x\n");
            assertThat(refused(file).why()).as(source).contains("out of the folder");
            assertThat(refused(file).what()).contains(file + ":3");
        }
    }

    @Test
    void a_destination_outside_of_the_environment_is_refused() throws IOException {
        for (String destination : new String[] {"/etc", "../x", "/spfs/../etc", "/spfs/", "a/../../b", "."}) {
            Path file =
                    write("a.spfs.yaml", "api: spfs/v0/livelayer\ncontents:\n- src: .\n  dest: " + destination + "\n");
            assertThat(refused(file).why()).as(destination).contains("not a place below /spfs/");
        }
    }

    @Test
    void a_file_that_is_named_twice_is_refused_so_that_none_names_itself() throws IOException {
        Path self = folder.resolve("self.spfs.yaml");
        Files.writeString(self, "api: spfs/v0/runspec\nlayers:\n- a\n- " + self + "\n");
        assertThat(refused(self).what()).contains(self.toString());
        assertThat(refused(self).why()).contains(self + ":4").contains("named before");
        Path plain = write("plain.spfs.yaml", "api: spfs/v0/runspec\nlayers: []\n");
        Path link = Files.createSymbolicLink(folder.resolve("link.spfs.yaml"), plain);
        assertThat(refused(plain + "+" + link).why()).contains("named before");
    }

    @Test
    void a_fault_in_a_file_is_told_with_its_line_and_what_was_meant() throws IOException {
        assertThat(refused(write("a.spfs.yaml", "api: spfs/v0/runspek\nlayers: []\n"))
                        .why())
                .contains("did you mean spfs/v0/runspec?");
        assertThat(refused(write("b.spfs.yaml", "layers: []\n")).why()).contains("the key api is missing");
        assertThat(refused(write("c.spfs.yaml", "api: spfs/v0/livelayer\n")).why())
                .contains("the key contents is missing");
        assertThat(refused(write("d.spfs.yaml", "api: spfs/v0/livelayer\ncontents:\n- src: .\n"))
                        .why())
                .contains("the key dest is missing");
        MayflyException item = refused(write("e.spfs.yaml", "api: spfs/v0/runspec\nlayers:\n- fine\n- a+b\n"));
        assertThat(item.what()).contains("e.spfs.yaml:4");
        assertThat(item.why()).contains("'a+b' is no tag");
        assertThat(refused(write("f.spfs.yaml", "api: [\n")).what()).contains("f.spfs.yaml:");
        assertThat(refused(write("g.spfs.yaml", "[]")).why()).contains("no mapping");
        assertThat(refused(write("h.spfs.yaml", "")).why()).contains("it is empty");
        assertThat(refused(write("i.spfs.yaml", "api: spfs/v0/livelayer\ncontents:\n- src: gone\n  dest: x\n"))
                        .why())
                .contains("gone is not there");
    }

    @Test
    void files_that_would_cost_more_than_they_weigh_are_refused() throws IOException {
        assertThat(refused(write("deep.spfs.yaml", "api: " + "[".repeat(100_000)))
                        .why())
                .contains("deeper than");
        assertThat(refused(write("alias.spfs.yaml", "api: &a x\nlayers: [*a]\n"))
                        .why())
                .contains("anchors");
        assertThat(refused(write("long.spfs.yaml", "#".repeat(300_000))).why()).contains("more than 262144 bytes");
        assertThat(refused(write("two.spfs.yaml", "api: spfs/v0/runspec\nlayers: []\n---\na: b\n"))
                        .why())
                .contains("second document");
    }

    @Test
    void a_path_that_is_no_spec_file_says_so() throws IOException {
        assertThat(refused(write("x.yaml", "api: x\n")).why()).contains(".spfs.yaml");
        MayflyException gone = refused(folder.resolve("gone.spfs.yaml"));
        assertThat(gone.what()).contains("gone.spfs.yaml");
        assertThat(gone.why()).contains("NoSuchFile");
    }

    @Property(tries = 2000)
    void any_text_is_yaml_or_told_to_be_none(
            @ForAll
                    @StringLength(max = 60)
                    @Chars({
                        'a', 'b', ':', ' ', '\n', '-', '[', ']', '{', '}', ',', '#', '"', '\'', '|', '>', '&', '*', '!',
                        '%', '?', '\t', '~', '\\', '\u0000', '\u2028', '\ud800', '\ufeff'
                    })
                    String text) {
        try {
            assertThat(SpecYaml.read(text, 1000).line()).isPositive();
        } catch (SpecYaml.BadYamlException e) {
            assertThat(e.why()).isNotEmpty();
        }
    }
}
