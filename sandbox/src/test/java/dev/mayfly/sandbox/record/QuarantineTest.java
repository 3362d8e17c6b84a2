package dev.mayfly.sandbox.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuarantineTest {
    @TempDir
    Path folder;

    private static SortedMap<String, byte[]> files(String stdout) {
        return new TreeMap<>(java.util.Map.of("stdout", stdout.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void keeps_each_case_of_a_run_under_a_name_of_its_own() throws Exception {
        Quarantine quarantine = new Quarantine(folder.resolve("quarantine"));
        Path first = quarantine.keep("r_1", files("first"));
        Path second = quarantine.keep("r_1", files("second"));
        Path other = quarantine.keep("r_2", files("other"));
        assertThat(List.of(first, second, other).stream()
                        .map(path -> path.getFileName().toString()))
                .containsExactly("r_1", "r_1.2", "r_2");
        assertThat(first.resolve("stdout")).hasContent("first");
        assertThat(second.resolve("stdout")).hasContent("second");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(first)))
                .isEqualTo("rwx------");
    }

    @Test
    void writers_at_once_never_share_or_overwrite_a_case() throws Exception {
        Quarantine quarantine = new Quarantine(folder);
        List<Future<Path>> kept = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 40; i++) {
                String own = "case " + i;
                kept.add(threads.submit(() -> quarantine.keep("r_1", files(own))));
            }
        }
        for (int i = 0; i < 40; i++) {
            assertThat(kept.get(i).get().resolve("stdout")).hasContent("case " + i);
        }
        assertThat(new HashSet<>(kept.stream().map(Future::resultNow).toList())).hasSize(40);
    }

    @Test
    void sweeps_drafts_and_nothing_else() throws Exception {
        Quarantine quarantine = new Quarantine(folder);
        Path kept = quarantine.keep("r_1", files("kept"));
        Path draft = Files.createDirectory(folder.resolve(".draft-of-a-dead-writer"));
        Files.writeString(draft.resolve("stdout"), "half");
        assertThat(quarantine.sweep()).isEqualTo(1);
        assertThat(draft).doesNotExist();
        assertThat(kept.resolve("stdout")).hasContent("kept");
        assertThat(new Quarantine(folder.resolve("absent")).sweep()).isZero();
    }

    @Test
    void a_case_that_cannot_be_written_leaves_nothing_and_says_why() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        assertThatThrownBy(() -> new Quarantine(file).keep("r_1", files("x")))
                .isInstanceOfSatisfying(
                        MayflyException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
        Quarantine quarantine = new Quarantine(folder.resolve("quarantine"));
        SortedMap<String, byte[]> bad = files("x");
        bad.put("no/such/folder", new byte[0]);
        assertThatThrownBy(() -> quarantine.keep("r_1", bad)).isInstanceOf(MayflyException.class);
        assertThat(folder.resolve("quarantine")).isEmptyDirectory();
    }
}
