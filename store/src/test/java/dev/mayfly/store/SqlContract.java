package dev.mayfly.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.store.BatchResult.Applied;
import dev.mayfly.store.BatchResult.Conflict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every adapter of the port must do. */
@Timeout(60)
public abstract class SqlContract {
    protected static final Schema SCHEMA = Schema.of(
            "contract",
            Migration.of(
                    1,
                    "accounts",
                    "CREATE TABLE account (id TEXT PRIMARY KEY, balance INTEGER NOT NULL CHECK (balance >= 0),"
                            + " version INTEGER NOT NULL DEFAULT 0)"),
            Migration.of(
                    2,
                    "values of each kind",
                    "CREATE TABLE thing (id INTEGER PRIMARY KEY, t TEXT, r REAL, b BLOB, at INTEGER)"));

    private Sql sql;

    /** A store with {@link #SCHEMA} and nothing in it. */
    protected abstract Sql openEmpty() throws Exception;

    @BeforeEach
    void open() throws Exception {
        sql = openEmpty();
    }

    @AfterEach
    void close() {
        sql.close();
    }

    private static Statement insert(String id, long balance) {
        return Statement.of("INSERT INTO account (id, balance) VALUES (?, ?)", id, balance);
    }

    private long count() {
        return sql.queryFirst(Statement.of("SELECT count(*) AS n FROM account"), row -> row.integer("n"))
                .orElseThrow();
    }

    private long balance(String id) {
        return sql.queryFirst(
                        Statement.of("SELECT balance FROM account WHERE id = ?", id), row -> row.integer("balance"))
                .orElseThrow();
    }

    @Test
    void what_was_applied_is_read_back_with_its_changes_counted() {
        BatchResult result = sql.execute(Batch.of(
                insert("a", 1),
                insert("b", 2),
                Statement.of("UPDATE account SET balance = balance + 1"),
                Statement.of("DELETE FROM account WHERE id = ?", "nobody")));
        assertThat(result).isEqualTo(new Applied(List.of(1, 1, 2, 0)));
        assertThat(balance("a")).isEqualTo(2);
        assertThat(balance("b")).isEqualTo(3);
    }

    @Test
    void every_kind_of_value_survives_the_way_in_and_out() {
        Instant now = Instant.ofEpochMilli(1_700_000_000_123L);
        sql.execute(Statement.of(
                "INSERT INTO thing (id, t, r, b, at) VALUES (?, ?, ?, ?, ?)",
                Long.MAX_VALUE,
                "é\u0000✓ ' \" ; --",
                0.1,
                new byte[] {0, -1, 127},
                now));
        sql.execute(Statement.of(
                "INSERT INTO thing (id, t, r, b, at) VALUES (?, ?, ?, ?, ?)",
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
        List<String> rows = sql.query(
                Statement.of("SELECT * FROM thing ORDER BY id DESC"),
                row -> row.isNull("t")
                        ? "null " + row.optionalText("t") + row.optionalInteger("at") + row.optionalTime("at")
                        : row.integer("id") + row.text("t") + row.real("r") + row.blob("b")[1] + row.time("at"));
        assertThat(rows)
                .containsExactly(
                        Long.MAX_VALUE + "é\u0000✓ ' \" ; --0.1-1" + now,
                        "null Optional.emptyOptional.emptyOptional.empty");
    }

    @Test
    void an_unexpected_null_and_a_missing_column_are_failures() {
        sql.execute(Statement.of("INSERT INTO thing (id) VALUES (1)"));
        Statement all = Statement.of("SELECT * FROM thing");
        assertThatThrownBy(() -> sql.query(all, row -> row.text("t"))).hasMessageContaining("column t is NULL");
        assertThatThrownBy(() -> sql.query(all, row -> row.integer("at"))).hasMessageContaining("column at is NULL");
        assertThatThrownBy(() -> sql.query(all, row -> row.text("nope"))).isInstanceOf(MayflyException.class);
        assertThat(sql.query(all, row -> row.integer("id"))).containsExactly(1L);
    }

    @Test
    void a_guard_that_is_not_met_undoes_the_whole_batch() {
        sql.execute(insert("a", 10));
        Statement compareAndSet = Statement.of(
                        "UPDATE account SET balance = 5, version = version + 1 WHERE id = ? AND version = ?", "a", 0)
                .mustChange(1);
        assertThat(sql.execute(Batch.of(insert("log1", 0), compareAndSet)).isApplied())
                .isTrue();
        BatchResult second = sql.execute(Batch.of(insert("log2", 0), compareAndSet, insert("log3", 0)));
        assertThat(second).isEqualTo(new Conflict(1, "changed 0 rows, must change 1"));
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void a_guard_of_zero_rows_forbids_any_change() {
        sql.execute(insert("a", 10));
        Statement none = Statement.of("DELETE FROM account WHERE id = ?", "a").mustChange(0);
        assertThat(sql.execute(none)).isInstanceOf(Conflict.class);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void a_constraint_is_a_conflict_that_names_its_statement() {
        sql.execute(insert("a", 10));
        assertThat(sql.execute(Batch.of(insert("b", 1), insert("a", 1))))
                .isInstanceOfSatisfying(Conflict.class, conflict -> {
                    assertThat(conflict.statement()).isEqualTo(1);
                    assertThat(conflict.reason()).contains("account.id");
                });
        assertThat(sql.execute(insert("c", -1))).isInstanceOf(Conflict.class);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void a_wrong_statement_is_a_failure_and_undoes_its_batch_only() {
        assertThatThrownBy(() -> sql.execute(Batch.of(insert("a", 1), Statement.of("UPDATE nowhere SET x = 1"))))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL));
        assertThatThrownBy(() -> sql.execute(Statement.of("DELETE FROM account WHERE id = ?")))
                .isInstanceOf(MayflyException.class);
        assertThat(count()).isZero();
        assertThat(sql.execute(insert("a", 1)).isApplied()).isTrue();
    }

    @Test
    void many_writers_at_once_each_get_their_own_answer() throws Exception {
        int writers = 64;
        int rounds = 20;
        AtomicInteger applied = new AtomicInteger();
        AtomicInteger conflicts = new AtomicInteger();
        AtomicInteger failures = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> all = new ArrayList<>();
            for (int writer = 0; writer < writers; writer++) {
                int kind = writer % 4;
                String own = "w" + writer;
                all.add(threads.submit(() -> {
                    start.await();
                    for (int round = 0; round < rounds; round++) {
                        try {
                            // The second statement of one kind in four conflicts, of another is wrong.
                            Statement second = kind == 0
                                    ? Statement.of("DELETE FROM account WHERE id = 'nobody'")
                                            .mustChange(1)
                                    : kind == 1
                                            ? Statement.of("UPDATE nowhere SET x = 1")
                                            : insert(own + "-" + round + "-second", 1);
                            boolean ok = sql.execute(Batch.of(insert(own + "-" + round, 1), second))
                                    .isApplied();
                            (ok ? applied : conflicts).incrementAndGet();
                        } catch (MayflyException e) {
                            failures.incrementAndGet();
                        }
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> each : all) {
                each.get();
            }
        }
        assertThat(applied.get()).isEqualTo(writers / 2 * rounds);
        assertThat(conflicts.get()).isEqualTo(writers / 4 * rounds);
        assertThat(failures.get()).isEqualTo(writers / 4 * rounds);
        assertThat(count()).isEqualTo(2L * applied.get());
    }

    @Test
    void compare_and_set_loses_no_update_under_contention() throws Exception {
        sql.execute(insert("a", 0));
        int writers = 8;
        int increments = 25;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < writers; i++) {
                all.add(threads.submit(() -> {
                    for (int done = 0; done < increments; ) {
                        long seen = balance("a");
                        boolean won = sql.execute(Statement.of(
                                                "UPDATE account SET balance = ? WHERE id = 'a' AND balance = ?",
                                                seen + 1,
                                                seen)
                                        .mustChange(1))
                                .isApplied();
                        done += won ? 1 : 0;
                    }
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
        assertThat(balance("a")).isEqualTo((long) writers * increments);
    }

    @Test
    void an_interrupted_caller_still_learns_what_became_of_its_batch() {
        Thread.currentThread().interrupt();
        try {
            assertThat(sql.execute(insert("a", 1)).isApplied()).isTrue();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void after_close_calls_fail_and_closing_again_does_nothing() {
        sql.close();
        sql.close();
        assertThatThrownBy(() -> sql.execute(insert("a", 1))).hasMessageContaining("is closed");
        assertThatThrownBy(() -> sql.query(Statement.of("SELECT 1"), _ -> 1)).hasMessageContaining("is closed");
    }
}
