package dev.mayfly.env.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.erofs.TestPayloads;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import dev.mayfly.platform.linux.RawFolder;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hosts that fold names are pretended: few kernels of Linux have one to mount. */
class HostNamesTest {
    private static final HostNames FOLDING = new HostNames(true, false);
    private static final HostNames LIKE_APFS = new HostNames(true, true);

    @TempDir
    Path folder;

    @BeforeEach
    void needs() {
        Needs.linux();
    }

    private static View view(String... names) {
        ViewBuilder view = new ViewBuilder();
        ViewBuilder.Node below = view.root().directory(RawName.of("src"), FileMode.DIRECTORY | 0755);
        for (String each : names) {
            below.file(RawName.of(each), FileMode.REGULAR | 0644, Digest.EMPTY, 0);
        }
        return view.build();
    }

    private static void isRefused(HostNames host, View view, String... both) {
        assertThatThrownBy(() -> host.require(view)).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NAME_UNFIT);
            assertThat(e.what()).contains(both);
        });
    }

    @Test
    void a_host_is_found_out_by_trying_and_the_folder_is_left_empty() throws IOException {
        try (RawFolder in = RawFolder.open(folder)) {
            assertThat(HostNames.probe(in)).isEqualTo(HostNames.EXACT);
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void names_that_a_host_takes_for_one_are_told_both() {
        isRefused(FOLDING, view("Makefile", "other", "makefile"), "src/Makefile", "src/makefile");
        isRefused(FOLDING, view("\u00c9t\u00e9", "\u00e9t\u00e9"), "src/");
        isRefused(LIKE_APFS, view("caf\u00e9", "cafe\u0301"), "src/caf\u00e9", "src/cafe\u0301");
        isRefused(LIKE_APFS, view("CAF\u00c9", "cafe\u0301"), "src/");
        isRefused(new HostNames(false, true), view("caf\u00e9", "cafe\u0301"), "src/");
    }

    @Test
    void names_that_differ_there_too_are_no_harm() {
        LIKE_APFS.require(view("a", "b", "ss", "\u00df", "cafe", "caf\u00e9"));
        FOLDING.require(view("caf\u00e9", "cafe\u0301"));
        new HostNames(false, true).require(view("A", "a"));
        HostNames.EXACT.require(view("A", "a", "caf\u00e9", "cafe\u0301"));
    }

    @Test
    void the_same_name_in_two_folders_and_bytes_that_are_no_text_are_no_harm() {
        ViewBuilder view = new ViewBuilder();
        for (String each : new String[] {"one", "two"}) {
            view.root()
                    .directory(RawName.of(each), FileMode.DIRECTORY | 0755)
                    .file(RawName.of("same"), FileMode.REGULAR | 0644, Digest.EMPTY, 0);
        }
        view.root().file(RawName.of(new byte[] {(byte) 0xff, 'A'}), FileMode.REGULAR | 0644, Digest.EMPTY, 0);
        view.root().file(RawName.of(new byte[] {(byte) 0xff, 'a'}), FileMode.REGULAR | 0644, Digest.EMPTY, 0);
        LIKE_APFS.require(view.build());
    }

    @Test
    void a_render_to_such_a_host_is_refused_before_anything_is_copied_and_leaves_nothing() throws IOException {
        TestPayloads payloads = new TestPayloads(Files.createDirectory(folder.resolve("payloads")), true);
        Path in = Files.createDirectory(folder.resolve("in"));
        Render render = new Render(payloads, Strategy.COPY, folder.resolve("shared"), _ -> FOLDING);
        assertThatThrownBy(() -> render.to(view("A", "a"), in.resolve("target")))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NAME_UNFIT));
        assertThat(in).isEmptyDirectory();
        render.to(view("A", "b"), in.resolve("target"));
        assertThat(in.resolve("target/src/A")).isEmptyFile();
    }
}
