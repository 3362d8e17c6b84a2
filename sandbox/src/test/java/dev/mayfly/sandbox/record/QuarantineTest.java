package dev.mayfly.sandbox.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuarantineTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-03-01T12:34:56.789Z"), ZoneOffset.UTC);

    @TempDir
    Path folder;

    private static SortedMap<String, byte[]> files(String stdout) {
        return new TreeMap<>(java.util.Map.of("stdout", stdout.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void keeps_each_case_of_a_run_under_a_name_of_its_own() throws Exception {
        Quarantine quarantine = new Quarantine(folder.resolve("quarantine"), CLOCK);
        Path first = quarantine.keep("r_1", files("first"));
        Path second = quarantine.keep("r_1", files("second"));
        Path other = quarantine.keep("r_2", files("other"));
        assertThat(List.of(first, second, other).stream()
                        .map(path -> path.getFileName().toString()))
                .satisfiesExactly(
                        name -> assertThat(name).isEqualTo("r_1"),
                        name -> assertThat(name).matches("r_1\\.20260301T123456\\.789000Z-[0-9a-f]{8}"),
                        name -> assertThat(name).isEqualTo("r_2"));
        assertThat(first.resolve("stdout")).hasContent("first");
        assertThat(second.resolve("stdout")).hasContent("second");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(first)))
                .isEqualTo("rwx------");
    }

    @Test
    void writers_at_once_never_share_or_overwrite_a_case() throws Exception {
        Quarantine quarantine = new Quarantine(folder, CLOCK);
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
    void a_run_that_turns_red_ever_again_always_finds_a_place() throws Exception {
        Quarantine quarantine = new Quarantine(folder, CLOCK);
        for (int i = 1; i <= 10_001; i++) { // all these names are taken
            Files.createFile(folder.resolve(i == 1 ? "r_1" : "r_1." + i));
        }
        assertThat(quarantine.keep("r_1", files("one more")).resolve("stdout")).hasContent("one more");
        assertThat(quarantine.keep("r_1", files("and another")).resolve("stdout"))
                .hasContent("and another");
    }

    private Path kept(Quarantine quarantine, String runId, int bytes, Instant when) throws Exception {
        Path kept = quarantine.keep(runId, files("x".repeat(bytes)));
        return Files.setLastModifiedTime(kept, FileTime.from(when));
    }

    @Test
    void removes_what_is_older_and_then_the_oldest_of_what_is_too_much() throws Exception {
        Quarantine quarantine = new Quarantine(folder, CLOCK);
        Instant now = CLOCK.instant();
        Path newest = kept(quarantine, "r_1", 400, now);
        Path old = kept(quarantine, "r_1", 100, now.minusSeconds(101));
        Path young = kept(quarantine, "r_2", 300, now.minusSeconds(99));
        Path younger = kept(quarantine, "r_3", 200, now.minusSeconds(50));
        Path foreign = Files.createDirectory(folder.resolve("notes"));
        Files.writeString(foreign.resolve("n"), "x".repeat(5_000));
        Files.setLastModifiedTime(foreign, FileTime.from(now.minusSeconds(9_999)));
        Path link = Files.createSymbolicLink(folder.resolve("r_link"), foreign);
        Path draft = Files.createDirectory(folder.resolve(".draft-of-somebody"));

        assertThat(quarantine.remove(now.minusSeconds(100), 1_000)).isEqualTo(new Quarantine.Removed(1, 100));
        assertThat(old).doesNotExist();
        assertThat(quarantine.remove(now.minusSeconds(100), 600)).isEqualTo(new Quarantine.Removed(1, 300));
        assertThat(young).doesNotExist();
        assertThat(younger.resolve("stdout")).exists();
        assertThat(quarantine.remove(now.minusSeconds(100), 1)).isEqualTo(new Quarantine.Removed(1, 200));
        assertThat(newest.resolve("stdout"))
                .as("the newest stays however large")
                .exists();
        assertThat(foreign.resolve("n")).exists();
        assertThat(link).isSymbolicLink();
        assertThat(draft).exists();
        assertThat(quarantine.remove(now.plusSeconds(1), 1_000)).isEqualTo(new Quarantine.Removed(1, 400));
        assertThat(new Quarantine(folder.resolve("absent"), CLOCK).remove(now, 1))
                .isEqualTo(new Quarantine.Removed(0, 0));
    }

    @Test
    void removing_while_others_write_removes_only_what_is_whole_and_loses_nothing() throws Exception {
        Quarantine quarantine = new Quarantine(folder, CLOCK);
        Instant past = Instant.parse("2020-01-01T00:00:00Z");
        List<Path> written = Collections.synchronizedList(new ArrayList<>());
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            Future<Integer> sweeper = threads.submit(() -> {
                int removed = 0;
                long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
                while (removed < 20 && System.nanoTime() < until) {
                    removed += quarantine.remove(past.plusSeconds(1), 1 << 30).cases();
                }
                return removed;
            });
            for (int writer = 0; writer < 2; writer++) {
                threads.submit(() -> {
                    for (int i = 0; i < 10; i++) {
                        kept(quarantine, "r_1", 10, past);
                        written.add(quarantine.keep("r_1", files("new"))); // often under the name that was just freed
                    }
                    return written.size();
                });
            }
            assertThat(sweeper.get()).isEqualTo(20);
        }
        assertThat(written)
                .hasSize(20)
                .allSatisfy(place -> assertThat(place.resolve("stdout")).hasContent("new"));
        assertThat(quarantine.sweep()).isZero();
    }

    @Test
    void sweeps_drafts_and_nothing_else() throws Exception {
        Quarantine quarantine = new Quarantine(folder, CLOCK);
        Path kept = quarantine.keep("r_1", files("kept"));
        Path draft = Files.createDirectory(folder.resolve(".draft-of-a-dead-writer"));
        Files.writeString(draft.resolve("stdout"), "half");
        assertThat(quarantine.sweep()).isEqualTo(1);
        assertThat(draft).doesNotExist();
        assertThat(kept.resolve("stdout")).hasContent("kept");
        assertThat(new Quarantine(folder.resolve("absent"), CLOCK).sweep()).isZero();
    }

    @Test
    void a_case_that_cannot_be_written_leaves_nothing_and_says_why() throws Exception {
        Path file = Files.writeString(folder.resolve("file"), "in the way");
        assertThatThrownBy(() -> new Quarantine(file, CLOCK).keep("r_1", files("x")))
                .isInstanceOfSatisfying(
                        MayflyException.class,
                        failure -> assertThat(failure.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
        Quarantine quarantine = new Quarantine(folder.resolve("quarantine"), CLOCK);
        SortedMap<String, byte[]> bad = files("x");
        bad.put("no/such/folder", new byte[0]);
        assertThatThrownBy(() -> quarantine.keep("r_1", bad)).isInstanceOf(MayflyException.class);
        assertThat(folder.resolve("quarantine")).isEmptyDirectory();
    }
}
