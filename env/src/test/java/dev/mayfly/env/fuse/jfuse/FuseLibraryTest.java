package dev.mayfly.env.fuse.jfuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.testkit.KeptLog;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FuseLibraryTest {
    @TempDir
    Path folder;

    private static FuseLibrary on(String system, Path... files) {
        return FuseLibrary.find(system, Set.of(files)::contains);
    }

    @Test
    void each_system_is_told_what_it_lacks_and_how_to_get_it() {
        assertThat(on("Mac OS X")).isInstanceOfSatisfying(FuseLibrary.Unavailable.class, lacking -> {
            assertThat(lacking.code()).isEqualTo(ErrorCode.FUSE_MISSING);
            assertThat(lacking.fix()).contains("brew install --cask macfuse").contains("Privacy & Security");
        });
        assertThat(on("Mac OS X", FuseLibrary.MAC_BUNDLE))
                .isInstanceOfSatisfying(
                        FuseLibrary.Unavailable.class,
                        lacking -> assertThat(lacking.fix()).contains("reinstall"));
        assertThat(on("Linux"))
                .isInstanceOfSatisfying(
                        FuseLibrary.Unavailable.class,
                        lacking -> assertThat(lacking.fix()).contains("apt-get install"));
        assertThat(on("Windows 11"))
                .isInstanceOfSatisfying(
                        FuseLibrary.Unavailable.class,
                        lacking -> assertThat(lacking.why()).contains("Windows 11"));
        assertThatThrownBy(() -> on("Windows 11").orThrow()).isInstanceOf(MayflyException.class);
    }

    @Test
    void a_library_that_is_there_is_found() {
        assertThat(on("Mac OS X", FuseLibrary.MAC_LIBRARY, FuseLibrary.MAC_BUNDLE))
                .isEqualTo(new FuseLibrary.Found(FuseLibrary.MAC_LIBRARY, true));
        Path last = FuseLibrary.LINUX_LIBRARIES.getLast();
        assertThat(on("Linux", last)).isEqualTo(new FuseLibrary.Found(last, false));
    }

    @Test
    void a_file_that_is_no_such_library_is_refused_with_a_reason() throws Exception {
        Path text = Files.writeString(folder.resolve("libfuse3.so.3"), "not a library");
        assertThatThrownBy(() -> new JfuseServer(new FuseLibrary.Found(text, false), new KeptLog().log()))
                .isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.FUSE_MISSING);
                    assertThat(e.what()).contains("is not a FUSE library");
                });
    }
}
