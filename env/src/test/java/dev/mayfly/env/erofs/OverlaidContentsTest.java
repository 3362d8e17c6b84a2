package dev.mayfly.env.erofs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import dev.mayfly.testkit.Leaks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contents that stay in one file each, however long, with an overlay that takes them from there. */
class OverlaidContentsTest {
    @TempDir
    Path folder;

    private Leaks leaks;
    private ErofsMounts mounts;
    private TestPayloads payloads;
    private Path kept;

    @BeforeEach
    void needs() throws IOException {
        ErofsNeeds.check(folder);
        leaks = Leaks.snapshot(folder.getFileName().toString());
        mounts = new ErofsMounts(folder.resolve("erofs"));
        kept = Files.createDirectory(folder.resolve("payloads"));
        payloads = new TestPayloads(kept, false);
    }

    @AfterEach
    void nothing_stays_mounted() {
        if (mounts != null) {
            mounts.unmountUnused();
            leaks.assertUnchanged();
        }
    }

    private Contents contents() {
        return Contents.below(payloads, kept, each -> "/" + each.toString().replace("=", ""));
    }

    @ParameterizedTest
    @ValueSource(longs = {41, 42, 43, 44})
    void a_view_over_single_files_is_the_view_file_by_file(long seed) throws IOException {
        View view = RandomView.of(seed, payloads, 400);
        unpad(view);
        ErofsOptions options = new ErofsOptions(0, 0, 5, seed % 2 == 0 ? 100 : 0);
        try (ViewMount mount = mounts.mounted(view, contents(), options)) {
            ShownTree.assertShows(mount.path(), view, payloads, false);
        }
    }

    /** As SPFS keeps them: not a byte more than the content. */
    private void unpad(View view) throws IOException {
        for (int node = 0; node < view.count(); node++) {
            if (!view.isDirectory(node)) {
                Files.write(
                        kept.resolve(view.object(node).toString().replace("=", "")),
                        payloads.content(view.object(node)));
            }
        }
    }

    @Test
    void the_same_view_over_another_folder_is_another_mount() throws IOException {
        byte[] content = "content".getBytes(StandardCharsets.UTF_8);
        ViewBuilder builder = new ViewBuilder();
        Digest digest = payloads.put(content);
        builder.root().file(RawName.of("file"), FileMode.REGULAR | 0644, digest, content.length);
        Path other = Files.createDirectory(folder.resolve("other"));
        Contents others = Contents.below(payloads, other, each -> "/none");
        try (ViewMount here = mounts.mounted(builder.build(), contents());
                ViewMount there = mounts.mounted(builder.build(), others)) {
            assertThat(here.key()).isNotEqualTo(there.key());
            assertThat(Files.readAllBytes(here.path().resolve("file"))).startsWith(content);
            assertThatThrownBy(() -> Files.readAllBytes(there.path().resolve("file")))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> Files.write(here.path().resolve("file"), content))
                    .hasMessageContaining("Read-only");
        }
        mounts.unmountUnused();
        Files.delete(other);
    }
}
