package dev.mayfly.env.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.erofs.RandomView;
import dev.mayfly.env.erofs.ShownTree;
import dev.mayfly.env.erofs.TestPayloads;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenderTest {
    @TempDir
    Path folder;

    private Path target;
    private Path shared;
    private TestPayloads payloads;

    @BeforeEach
    void folders() throws IOException {
        Needs.linux();
        target = folder.resolve("target");
        shared = folder.resolve("shared");
        payloads = new TestPayloads(Files.createDirectory(folder.resolve("payloads")), true);
    }

    /** Names that Java cannot write, it cannot remove either. */
    @AfterEach
    void removed() throws IOException {
        try (var in = dev.mayfly.platform.linux.RawFolder.open(folder)) {
            for (var each : in.list()) {
                if (new String(each.name(), StandardCharsets.UTF_8).startsWith("target")) {
                    RawTrees.remove(in, each.name());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {31, 32, 33})
    void copies_are_the_view_file_by_file(long seed) throws IOException {
        Needs.root(); // random modes forbid everybody else to look
        View view = RandomView.of(seed, payloads, 400);
        new Render(payloads, Strategy.COPY, shared).to(view, target);
        ShownTree.assertShows(target, view, payloads, false);
        assertThat(shared).doesNotExist();
    }

    private View one(int permissions) {
        byte[] content = "content".getBytes(StandardCharsets.UTF_8);
        Digest digest = payloads.put(content);
        ViewBuilder view = new ViewBuilder();
        view.root().file(RawName.of("a"), FileMode.REGULAR | permissions, digest, content.length);
        view.root().file(RawName.of("b"), FileMode.REGULAR | permissions, digest, content.length);
        view.root().file(RawName.of("c"), FileMode.REGULAR | 0755, digest, content.length);
        view.root().file(RawName.of("empty"), FileMode.REGULAR | 0640, payloads.put(new byte[0]), 0);
        return view.build();
    }

    @Test
    void hard_links_are_shared_by_mode_and_nobody_may_write_to_them() throws IOException {
        Render render = new Render(payloads, Strategy.HARD_LINK, shared);
        render.to(one(0644), target);
        render.to(one(0644), folder.resolve("target2"));
        Map<String, Object> a = Files.readAttributes(target.resolve("a"), "unix:ino,nlink,mode");
        Map<String, Object> b = Files.readAttributes(folder.resolve("target2/b"), "unix:ino,nlink,mode");
        assertThat(a).isEqualTo(b).containsEntry("nlink", 5); // two in each, and the shared file
        for (String name : new String[] {"a", "b", "c", "empty"}) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target.resolve(name))))
                    .doesNotContain("w");
        }
        assertThat(Files.getPosixFilePermissions(target.resolve("c")))
                .isEqualTo(PosixFilePermissions.fromString("r-xr-xr-x"));
        assertThat(target.resolve("c")).hasContent("content");
        try (Stream<Path> proxies = Files.list(shared)) {
            assertThat(proxies).hasSize(2);
        }
    }

    @Test
    void where_blocks_cannot_be_shared_a_reflink_says_so_and_leaves_nothing() throws IOException {
        TestPayloads whole = new TestPayloads(Files.createDirectory(folder.resolve("whole")), false);
        byte[] content = new byte[4096];
        ViewBuilder view = new ViewBuilder();
        view.root().file(RawName.of("a"), FileMode.REGULAR | 0644, whole.put(content), content.length);
        Render render = new Render(whole, Strategy.REFLINK, shared);
        try {
            render.to(view.build(), target);
            assertThat(target.resolve("a")).hasBinaryContent(content);
        } catch (MayflyException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.VIEW_UNAVAILABLE);
            assertThat(e.fix()).contains("copies");
            assertThat(target).doesNotExist();
        }
        nothingHalf();
    }

    private void nothingHalf() throws IOException {
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(each -> String.valueOf(each.getFileName())))
                    .noneMatch(name -> name.startsWith(".mayfly"));
        }
    }

    @Test
    void a_content_that_is_missing_leaves_nothing_behind() throws IOException {
        ViewBuilder view = new ViewBuilder();
        ViewBuilder.Node below = view.root().directory(RawName.of("closed"), FileMode.DIRECTORY | 0500);
        below.file(RawName.of("empty"), FileMode.REGULAR | 0400, Digest.EMPTY, 0);
        view.root().file(RawName.of("lost"), FileMode.REGULAR | 0644, Digest.of(new byte[] {1}), 1);
        for (Strategy each : Strategy.values()) {
            assertThatThrownBy(() -> new Render(payloads, each, shared).to(view.build(), target))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_MISSING));
            assertThat(target).doesNotExist();
        }
        nothingHalf();
    }

    @Test
    void what_is_there_already_is_not_touched() throws IOException {
        Files.createSymbolicLink(target, folder.resolve("elsewhere"));
        assertThatThrownBy(() -> new Render(payloads, Strategy.COPY, shared).to(one(0644), target))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
        assertThat(folder.resolve("elsewhere")).doesNotExist();
        Files.delete(target);
    }
}
