package dev.mayfly.env.fuse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.log.Log;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.testkit.KeptLog;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class MountedViewTest {
    @TempDir
    Path dir;

    private Path store;
    private Path point;
    private Look look;
    private Leaks leaks;
    private final KeptLog log = new KeptLog();

    @BeforeEach
    void prepare() throws Exception {
        needFuse(dir);
        store = Files.createDirectory(dir.resolve("store"));
        point = Files.createDirectory(dir.resolve("view"));
        look = Look.build(dir);
        leaks = Leaks.snapshot(dir.toString());
    }

    @AfterEach
    void nothing_is_left() {
        leaks.assertUnchanged();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.isAlive() && thread.getName().startsWith("fuse-"));
    }

    static void needFuse(Path dir) {
        Needs.linux();
        Needs.root();
        if (FuseSupport.probe(dir) instanceof FuseSupport.Lacking lacking) {
            Needs.that(false, "fuse", lacking.why());
        }
    }

    private FuseOptions plain() {
        return FuseOptions.plain(dir.resolve("spool"));
    }

    private Shown show(SomeFiles files) {
        return Shown.at(point, files, plain(), log.log());
    }

    @Test
    void a_mount_is_what_the_view_is_for_random_trees() throws Exception {
        for (long seed = 1; seed <= 4; seed++) {
            SomeFiles files = SomeFiles.random(store, seed, 600);
            List<String> expected = Look.expected(files.view(), files::file);
            try (Shown shown = show(files)) {
                assertThat(look.at("tree", point)).as("seed %s", seed).isEqualTo(expected);
                assertThat(look.at("tree", point)).as("again, warm").isEqualTo(expected);
                assertThat(shown.server().traffic().errors()).isZero();
            }
        }
        assertThat(log.messages()).isEmpty();
    }

    @Test
    void a_directory_of_a_million_names_is_listed_whole_and_in_order() throws Exception {
        SomeFiles files = new SomeFiles(store);
        files.file(files.root(), "empty", "");
        int million = 1_000_000;
        for (int i = 0; i < million; i++) {
            files.root().file(RawName.of("f" + i), FileMode.REGULAR | 0644, dev.mayfly.env.object.Digest.EMPTY, 0);
        }
        try (Shown shown = show(files)) {
            assertThat(look.at("count", point)).containsExactly((million + 1) + " 1");
            assertThat(Files.exists(point.resolve("f999999"))).isTrue();
            assertThat(Files.exists(point.resolve("f1000000"))).isFalse();
            assertThat(shown.server().traffic().listings()).isPositive();
        }
    }

    @Test
    void what_was_seen_once_is_not_asked_again() throws Exception {
        SomeFiles files = SomeFiles.random(store, 9, 200);
        try (Shown shown = show(files)) {
            look.at("tree", point);
            Files.exists(point.resolve("not there"));
            FuseTraffic cold = shown.server().traffic();
            look.at("tree", point);
            Files.exists(point.resolve("not there"));
            assertThat(shown.server().traffic()).isEqualTo(cold);
        }
    }

    @Test
    void every_change_is_refused_and_none_hangs() throws Exception {
        SomeFiles files = new SomeFiles(store);
        files.file(files.root(), "file", "content");
        files.root().directory(RawName.of("folder"), FileMode.DIRECTORY | 0755);
        try (Shown shown = show(files)) {
            assertThat(look.at("change", point)).hasSize(19).allMatch(line -> line.endsWith(" EROFS"));
        }
        // With a mount that lets changes through, so that the server has to refuse them.
        MountOptions writable = new MountOptions("mayfly-test", true, false);
        try (Shown shown = Shown.at(point, files, plain(), writable, log.log())) {
            assertThat(look.at("change", point)).hasSize(19).allMatch(line -> line.endsWith(" EROFS"));
            assertThat(Files.readString(point.resolve("file"))).isEqualTo("content");
        }
    }

    @Test
    void many_read_at_the_same_time() throws Exception {
        SomeFiles files = SomeFiles.random(store, 21, 400);
        List<String> expected = Look.expected(files.view(), files::file);
        try (Shown shown = show(files)) {
            List<CompletableFuture<List<String>>> readers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                readers.add(CompletableFuture.supplyAsync(() -> {
                    try {
                        return look.at("tree", point);
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }));
            }
            for (CompletableFuture<List<String>> each : readers) {
                assertThat(each.get(60, TimeUnit.SECONDS)).isEqualTo(expected);
            }
        }
    }

    @Test
    void a_large_file_is_read_in_pieces_and_whole() throws Exception {
        SomeFiles files = new SomeFiles(store);
        byte[] content = new byte[5_000_001];
        new Random(3).nextBytes(content);
        files.file(files.root(), RawName.of("large"), FileMode.REGULAR | 0644, content);
        try (Shown shown = show(files)) {
            assertThat(Files.readAllBytes(point.resolve("large"))).isEqualTo(content);
        }
    }

    @Test
    void unmounting_a_busy_view_ends_it_and_open_files_fail_cleanly() throws Exception {
        SomeFiles files = new SomeFiles(store);
        byte[] content = new byte[3_000_000];
        files.file(files.root(), RawName.of("large"), FileMode.REGULAR | 0644, content);
        Shown shown = show(files);
        InputStream open = Files.newInputStream(point.resolve("large"));
        assertThat(open.read()).isZero();
        long before = System.nanoTime();
        shown.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        assertThatThrownBy(open::readAllBytes).isInstanceOf(IOException.class);
        // The kernel asks at the first close whether anything is to be flushed, and there is nobody to ask.
        assertThatThrownBy(open::close).isInstanceOf(IOException.class);
        try (java.util.stream.Stream<Path> below = Files.list(point)) {
            assertThat(below).isEmpty();
        }
    }

    @Test
    void a_server_that_stops_leaves_callers_waiting_for_the_next() throws Exception {
        SomeFiles files = SomeFiles.random(store, 33, 100);
        List<String> expected = Look.expected(files.view(), files::file);
        try (DirectMount mount = DirectMount.at(point, MountOptions.named("mayfly-test"), 2)) {
            FuseServer first = FuseServer.start(files.view(), files::find, plain(), mount.devices(), Log.off());
            assertThat(Files.exists(point.resolve("not there"))).isFalse();
            first.close();
            CompletableFuture<List<String>> reader = CompletableFuture.supplyAsync(() -> {
                try {
                    return look.at("tree", point);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(reader.completeOnTimeout(List.of("waits"), 300, TimeUnit.MILLISECONDS)
                            .get())
                    .containsExactly("waits");
            try (FuseServer second =
                    FuseServer.standBy(files.view(), files::find, plain(), mount.devices(), log.log())) {
                second.serve(1);
                assertThat(look.at("tree", point)).isEqualTo(expected);
                assertThat(second.traffic().lookups() + second.traffic().listings())
                        .isPositive();
            }
            assertThat(log.messages()).isEmpty();
        }
    }

    @Test
    void an_unmount_from_outside_ends_the_server() throws Exception {
        SomeFiles files = SomeFiles.random(store, 34, 20);
        try (Shown shown = show(files)) {
            Process umount = new ProcessBuilder("umount", point.toString()).start();
            assertThat(umount.waitFor()).isZero();
            CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(() -> {
                try {
                    shown.server().await();
                    return true;
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            assertThat(ended.get(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void files_larger_than_a_limit_can_be_left_to_the_kernel() throws Exception {
        SomeFiles files = new SomeFiles(store);
        byte[] large = new byte[700_000];
        new Random(4).nextBytes(large);
        files.file(files.root(), RawName.of("large"), FileMode.REGULAR | 0644, large);
        files.file(files.root(), "small", "small");
        try (Shown shown = Shown.at(point, files, plain().passthrough(65536), log.log())) {
            Needs.that(
                    Files.readString(point.resolve("small")).equals("small")
                            && java.util.Arrays.equals(Files.readAllBytes(point.resolve("large")), large)
                            && log.messages().isEmpty(),
                    "fuse passthrough",
                    log.text());
            assertThat(shown.server().traffic().reads())
                    .as("only the small one")
                    .isEqualTo(1);
        }
    }
}
