package dev.mayfly.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.store.Batch;
import dev.mayfly.store.Migration;
import dev.mayfly.store.Schema;
import dev.mayfly.store.Statement;
import dev.mayfly.testkit.KeptLog;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only SQLite does: files, processes, crashes, full disks. */
@Timeout(120)
class SqliteStoreTest {
    static final Schema SCHEMA =
            Schema.of("test", Migration.of(1, "items", "CREATE TABLE item (id TEXT PRIMARY KEY, body BLOB)"));

    private static final Statement COUNT = Statement.of("SELECT count(*) AS n FROM item");

    @TempDir
    Path temp;

    private SqliteStore open(Path file, Schema schema, SqliteOptions options) {
        return SqliteStore.open(file, schema, options, Clock.systemUTC(), Log.off());
    }

    private SqliteStore open(Path file) {
        return open(file, SCHEMA, SqliteOptions.DEFAULT);
    }

    private static Statement item(String id) {
        return Statement.of("INSERT INTO item (id) VALUES (?)", id);
    }

    private static long count(SqliteStore store) {
        return store.query(COUNT, row -> row.integer("n")).getFirst();
    }

    @Test
    void a_new_file_is_private_and_its_directory_is_made() throws Exception {
        Path file = temp.resolve("a").resolve("b").resolve("state.db");
        try (SqliteStore store = open(file)) {
            store.execute(item("x"));
            for (String suffix : List.of("", "-wal", "-shm")) {
                assertThat(PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(file.resolveSibling("state.db" + suffix))))
                        .isEqualTo("rw-------");
            }
        }
        assertThat(file.resolveSibling("state.db-wal")).doesNotExist();
    }

    @Test
    void commits_wait_for_the_disk() throws Exception {
        try (SqliteConnection writer = SqliteConnection.writer(temp.resolve("state.db"), SqliteOptions.DEFAULT)) {
            assertThat(writer.pragma("synchronous")).isEqualTo("2");
            assertThat(writer.pragma("journal_mode")).isEqualTo("wal");
            assertThat(writer.pragma("foreign_keys")).isEqualTo("1");
            assertThat(writer.pragma("busy_timeout")).isEqualTo("5000");
        }
    }

    @Test
    void a_batch_that_need_not_survive_a_power_cut_does_not_wait_for_the_disk_and_the_next_one_does() throws Exception {
        Path file = temp.resolve("state.db");
        try (SqliteStore store = open(file)) {
            long before = store.syncedCommits();
            store.execute(Batch.of(item("a")).withoutSync());
            assertThat(count(store)).isEqualTo(1);
            assertThat(store.syncedCommits()).isEqualTo(before);
            store.execute(item("b"));
            assertThat(store.syncedCommits()).isEqualTo(before + 1);
        }
        try (SqliteConnection writer = SqliteConnection.writer(file, SqliteOptions.DEFAULT)) {
            writer.sync(false);
            assertThat(writer.pragma("synchronous")).isEqualTo("1");
            writer.sync(true);
            assertThat(writer.pragma("synchronous")).isEqualTo("2");
        }
    }

    @Test
    void a_group_waits_for_the_disk_as_soon_as_one_of_it_asks_for_it() throws Exception {
        Path file = temp.resolve("state.db");
        try (SqliteStore store = open(file);
                SqliteConnection other = SqliteConnection.writer(file, SqliteOptions.DEFAULT);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            other.run("BEGIN IMMEDIATE");
            List<Future<Boolean>> answers = new ArrayList<>();
            // The first one is with the writer, which waits for the lock; the others become one group.
            answers.add(threads.submit(
                    () -> store.execute(Batch.of(item("first")).withoutSync()).isApplied()));
            Thread.sleep(200);
            long before = store.syncedCommits();
            for (int i = 0; i < 10; i++) {
                Batch batch = Batch.of(item("item-" + i));
                boolean synced = i == 7;
                answers.add(threads.submit(() ->
                        store.execute(synced ? batch : batch.withoutSync()).isApplied()));
            }
            while (store.pending() < 11) {
                Thread.sleep(1);
            }
            other.run("ROLLBACK");
            for (Future<Boolean> answer : answers) {
                assertThat(answer.get()).isTrue();
            }
            assertThat(store.syncedCommits()).isEqualTo(before + 1);
            assertThat(count(store)).isEqualTo(11);
        }
    }

    @Test
    void what_was_written_is_there_after_closing_and_opening_again() {
        Path file = temp.resolve("state.db");
        try (SqliteStore store = open(file)) {
            store.execute(item("x"));
        }
        try (SqliteStore store = open(file)) {
            assertThat(count(store)).isEqualTo(1);
        }
    }

    @Test
    void closing_an_idle_store_does_not_make_its_caller_wait() {
        SqliteStore store = open(temp.resolve("state.db"));
        store.execute(item("x"));
        long start = System.nanoTime();
        store.close();
        // Far above what closing takes, far below the limit after which close gives up.
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void nothing_stays_open_after_close() {
        open(temp.resolve("warm.db")).close();
        Leaks leaks = Leaks.snapshot(temp.toString());
        try (SqliteStore store = open(temp.resolve("state.db"))) {
            store.execute(item("x"));
            assertThat(count(store)).isEqualTo(1);
        }
        leaks.assertUnchanged();
    }

    @Test
    void waiting_batches_share_a_transaction_and_a_bad_one_among_them_harms_no_other() throws Exception {
        Path file = temp.resolve("state.db");
        KeptLog log = new KeptLog();
        int batches = 50;
        try (SqliteStore store = SqliteStore.open(file, SCHEMA, SqliteOptions.DEFAULT, Clock.systemUTC(), log.log())) {
            long before;
            // Another connection holds the write lock, so that everything below has to wait in line.
            try (SqliteConnection other = SqliteConnection.writer(file, SqliteOptions.DEFAULT);
                    var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                other.run("BEGIN IMMEDIATE");
                before = frames(file);
                List<Future<Boolean>> answers = new ArrayList<>();
                for (int i = 0; i < batches; i++) {
                    String id = "same-" + i / 2;
                    answers.add(threads.submit(() -> store.execute(item(id)).isApplied()));
                }
                // One group is with the writer, waiting for the lock; the rest is in line.
                while (store.pending() < batches) {
                    Thread.sleep(1);
                }
                other.run("ROLLBACK");
                int applied = 0;
                for (Future<Boolean> answer : answers) {
                    applied += answer.get() ? 1 : 0;
                }
                assertThat(applied).isEqualTo(batches / 2);
            }
            assertThat(count(store)).isEqualTo(batches / 2);
            // Each transaction appends every page it changed to the log: with one per batch there would be 2 or 3 each.
            assertThat(frames(file) - before).isLessThan(batches);
        }
    }

    private static long frames(Path file) throws Exception {
        long size = Files.size(file.resolveSibling("state.db-wal"));
        return size == 0 ? 0 : (size - 32) / (24 + 4096);
    }

    @Test
    void a_full_store_says_so_and_works_again_for_what_fits() {
        try (SqliteStore store = open(temp.resolve("state.db"), SCHEMA, SqliteOptions.DEFAULT.withMaxBytes(200_000))) {
            assertThat(store.execute(item("small")).isApplied()).isTrue();
            Statement large = Statement.of("INSERT INTO item (id, body) VALUES ('large', ?)", new byte[400_000]);
            assertThatThrownBy(() -> store.execute(Batch.of(item("with large"), large)))
                    .isInstanceOfSatisfying(MayflyException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE);
                        assertThat(e.why()).contains("no room");
                    });
            assertThat(store.execute(item("after")).isApplied()).isTrue();
            assertThat(store.query(Statement.of("SELECT id FROM item ORDER BY id"), row -> row.text("id")))
                    .containsExactly("after", "small");
        }
    }

    @Test
    void when_one_of_a_group_does_not_fit_the_others_are_applied() throws Exception {
        Path file = temp.resolve("state.db");
        try (SqliteStore store = open(file, SCHEMA, SqliteOptions.DEFAULT.withMaxBytes(200_000));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> answers = new ArrayList<>();
            try (SqliteConnection other = SqliteConnection.writer(file, SqliteOptions.DEFAULT)) {
                other.run("BEGIN IMMEDIATE");
                for (int i = 0; i < 12; i++) {
                    boolean large = i == 6;
                    String id = "i" + i;
                    answers.add(threads.submit(() -> {
                        try {
                            return store.execute(Statement.of(
                                            "INSERT INTO item (id, body) VALUES (?, ?)",
                                            id,
                                            new byte[large ? 400_000 : 10]))
                                    .toString();
                        } catch (MayflyException e) {
                            return e.code().name();
                        }
                    }));
                }
                while (store.pending() < 12) {
                    Thread.sleep(1);
                }
                other.run("ROLLBACK");
            }
            for (int i = 0; i < 12; i++) {
                assertThat(answers.get(i).get()).isEqualTo(i == 6 ? "STATE_UNAVAILABLE" : "Applied[changes=[1]]");
            }
            assertThat(count(store)).isEqualTo(11);
        }
    }

    @Test
    void a_full_disk_says_so() throws Exception {
        Needs.linux();
        Needs.root();
        Path disk = Files.createDirectory(temp.resolve("mayfly-disk"));
        Needs.that(
                run("mount", "-t", "tmpfs", "-o", "size=1m", "mayfly-test", disk.toString()) == 0,
                "mounts",
                "mounting a tmpfs failed");
        try (SqliteStore store = open(disk.resolve("state.db"))) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            store.execute(Statement.of(
                                    "INSERT INTO item (id, body) VALUES (?, ?)", "i" + i, new byte[100_000]));
                        }
                    })
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
            assertThat(count(store)).isBetween(1L, 10L);
        } finally {
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    @Test
    void a_read_only_disk_says_so() throws Exception {
        Needs.linux();
        Needs.root();
        Path disk = Files.createDirectory(temp.resolve("mayfly-disk"));
        Needs.that(
                run("mount", "-t", "tmpfs", "mayfly-test", disk.toString()) == 0, "mounts", "mounting a tmpfs failed");
        try {
            open(disk.resolve("old.db")).close();
            assertThat(run("mount", "-o", "remount,ro", disk.toString())).isZero();
            for (String name : List.of("new.db", "old.db")) {
                assertThatThrownBy(() -> open(disk.resolve(name))).isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE);
                    assertThat(e.fix()).contains("writable");
                });
            }
        } finally {
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Test
    void a_file_that_is_no_store_is_named_corrupt_and_left_as_it_is() throws Exception {
        Path file = temp.resolve("state.db");
        byte[] noise = new byte[8192];
        new Random(1).nextBytes(noise);
        Files.write(file, noise);
        assertThatThrownBy(() -> open(file))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_CORRUPT));
        assertThat(Files.readAllBytes(file)).isEqualTo(noise);
    }

    @Test
    void a_damaged_page_is_named_corrupt() throws Exception {
        Path file = temp.resolve("state.db");
        try (SqliteStore store = open(file)) {
            for (int i = 0; i < 200; i++) {
                store.execute(item("item-" + i));
            }
        }
        byte[] bytes = Files.readAllBytes(file);
        // The first page, with the schema, stays whole; everything after it is noise.
        byte[] noise = new byte[bytes.length - 4096];
        new Random(1).nextBytes(noise);
        System.arraycopy(noise, 0, bytes, 4096, noise.length);
        Files.write(file, bytes);
        assertThatThrownBy(() -> {
                    try (SqliteStore store = open(file)) {
                        store.query(Statement.of("SELECT id FROM item"), row -> row.text("id"));
                    }
                })
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_CORRUPT));
    }

    @Test
    void a_directory_in_place_of_the_file_and_a_file_in_place_of_the_directory_are_clear_errors() throws Exception {
        assertThatThrownBy(() -> open(temp))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
        Path file = Files.createFile(temp.resolve("file"));
        assertThatThrownBy(() -> open(file.resolve("state.db")))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
        assertThatThrownBy(() -> open(temp.resolve("what?.db"))).hasMessageContaining("question mark");
    }

    @Test
    void a_schema_grows_by_its_new_migrations_only() {
        Path file = temp.resolve("state.db");
        open(file).close();
        Schema grown = Schema.of(
                "test",
                SCHEMA.migrations().getFirst(),
                Migration.of(2, "a column", "ALTER TABLE item ADD COLUMN more TEXT NOT NULL DEFAULT 'd'"),
                Migration.of(3, "a table", "CREATE TABLE other (x)", "CREATE INDEX other_x ON other (x)"));
        try (SqliteStore store = open(file, grown, SqliteOptions.DEFAULT)) {
            store.execute(item("x"));
            assertThat(store.query(Statement.of("SELECT more FROM item"), row -> row.text("more")))
                    .containsExactly("d");
        }
        open(file, grown, SqliteOptions.DEFAULT).close();
    }

    @Test
    void a_migration_that_fails_leaves_the_old_version() {
        Path file = temp.resolve("state.db");
        open(file).close();
        Schema broken = Schema.of(
                "test",
                SCHEMA.migrations().getFirst(),
                Migration.of(2, "broken", "CREATE TABLE other (x)", "CREATE TABLE item (y)"));
        assertThatThrownBy(() -> open(file, broken, SqliteOptions.DEFAULT)).hasMessageContaining("item");
        try (SqliteStore store = open(file)) {
            assertThat(store.query(
                            Statement.of("SELECT name FROM sqlite_master WHERE name = 'other'"),
                            row -> row.text("name")))
                    .isEmpty();
        }
    }

    @Test
    void a_newer_schema_and_a_changed_migration_are_refused() {
        Path file = temp.resolve("state.db");
        Schema newer =
                Schema.of("test", SCHEMA.migrations().getFirst(), Migration.of(2, "newer", "CREATE TABLE other (x)"));
        open(file, newer, SqliteOptions.DEFAULT).close();
        assertThatThrownBy(() -> open(file)).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE);
            assertThat(e.fix()).contains("newer Mayfly");
        });
        Schema changed = Schema.of(
                "test", SCHEMA.migrations().getFirst(), Migration.of(2, "newer", "CREATE TABLE other (x TEXT)"));
        assertThatThrownBy(() -> open(file, changed, SqliteOptions.DEFAULT))
                .isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.STATE_CORRUPT);
                    assertThat(e.why()).contains("migration 2");
                });
        Schema reformatted = Schema.of(
                "test", SCHEMA.migrations().getFirst(), Migration.of(2, "newer", "CREATE TABLE\n   other (x)"));
        open(file, reformatted, SqliteOptions.DEFAULT).close();
        assertThatThrownBy(() -> open(
                        file,
                        Schema.of(
                                "else",
                                newer.migrations().getFirst(),
                                newer.migrations().getLast()),
                        SqliteOptions.DEFAULT))
                .hasMessageContaining("not made by a release");
    }

    @Test
    void migrations_must_be_numbered_without_gaps() {
        assertThatThrownBy(() -> Schema.of("s", Migration.of(2, "second", "SELECT 1")))
                .hasMessageContaining("numbered 1, 2, 3");
    }

    @Test
    void another_process_that_holds_the_lock_for_too_long_is_a_clear_error() throws Exception {
        Path file = temp.resolve("state.db");
        SqliteOptions impatient = SqliteOptions.DEFAULT.withBusyTimeout(Duration.ofMillis(50));
        try (SqliteStore store = open(file, SCHEMA, impatient);
                SqliteConnection other = SqliteConnection.writer(file, SqliteOptions.DEFAULT)) {
            other.run("BEGIN IMMEDIATE");
            assertThatThrownBy(() -> store.execute(item("x"))).isInstanceOfSatisfying(MayflyException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE);
                assertThat(e.why()).contains("another process");
            });
            assertThat(count(store)).isZero();
            other.run("ROLLBACK");
            assertThat(store.execute(item("x")).isApplied()).isTrue();
        }
    }

    @Test
    void stores_opened_at_the_same_moment_agree_on_one_new_file() throws Exception {
        Path file = temp.resolve("state.db");
        int openers = 8;
        CountDownLatch start = new CountDownLatch(1);
        try (var threads = Executors.newFixedThreadPool(openers)) {
            List<Future<Boolean>> all = new ArrayList<>();
            for (int i = 0; i < openers; i++) {
                String id = "opener-" + i;
                all.add(threads.submit(() -> {
                    start.await();
                    try (SqliteStore store = open(file)) {
                        return store.execute(item(id)).isApplied();
                    }
                }));
            }
            start.countDown();
            for (Future<Boolean> each : all) {
                assertThat(each.get()).isTrue();
            }
        }
        try (SqliteStore store = open(file)) {
            assertThat(count(store)).isEqualTo(openers);
        }
    }

    @Test
    void two_processes_write_the_same_file_at_once() throws Exception {
        Path file = temp.resolve("state.db");
        Process first = writeLoop(file, 4, 50);
        Process second = writeLoop(file, 4, 50);
        List<String> acknowledged = new ArrayList<>(lines(first, Integer.MAX_VALUE));
        acknowledged.addAll(lines(second, Integer.MAX_VALUE));
        assertThat(first.waitFor()).isZero();
        assertThat(second.waitFor()).isZero();
        assertThat(acknowledged).hasSize(400);
        try (SqliteStore store = open(file)) {
            assertThat(count(store)).isEqualTo(800);
        }
    }

    @Test
    void everything_acknowledged_is_there_after_kill_nine_and_no_batch_is_torn() throws Exception {
        Path file = temp.resolve("state.db");
        List<String> acknowledged = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            Process writer = writeLoop(file, 8, Integer.MAX_VALUE);
            acknowledged.addAll(lines(writer, 100 + round * 77));
            writer.destroyForcibly();
            assertThat(writer.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(writer.exitValue()).isEqualTo(128 + 9);
        }
        try (SqliteStore store = open(file)) {
            List<String> there = store.query(Statement.of("SELECT id FROM item"), row -> row.text("id"));
            for (String id : acknowledged) {
                assertThat(there).contains(id + "-a", id + "-b");
            }
            long first = there.stream().filter(id -> id.endsWith("-a")).count();
            assertThat(there).hasSize(Math.toIntExact(2 * first));
            assertThat(store.query(Statement.of("PRAGMA integrity_check"), row -> row.text("integrity_check")))
                    .containsExactly("ok");
        }
    }

    @Test
    void without_a_folder_for_temporary_files_it_says_so_and_no_stack_trace_is_printed() throws Exception {
        Path missing = temp.resolve("missing");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.io.tmpdir=" + missing,
                        "-cp",
                        System.getProperty("java.class.path"),
                        OpenOnce.class.getName(),
                        temp.resolve("state.db").toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(said)
                .contains("error MF-4001: cannot open the state in ")
                .contains("why: the folder for temporary files, " + missing + ", is not there or cannot be read")
                .contains("fix: make it, or name another: MAYFLY_JAVA_OPTS=-Djava.io.tmpdir=FOLDER")
                .doesNotContain("\tat ");
    }

    private static Process writeLoop(Path file, int threads, int rounds) throws Exception {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WriteLoop.class.getName(),
                        file.toString(),
                        Integer.toString(threads),
                        Integer.toString(rounds))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Whole lines only: the last one of a killed program may be cut. */
    private static List<String> lines(Process process, int limit) throws Exception {
        List<String> lines = new ArrayList<>();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        String line = lines.size() < limit ? out.readLine() : null;
        while (line != null) {
            lines.add(line);
            line = lines.size() < limit ? out.readLine() : null;
        }
        return lines;
    }
}
