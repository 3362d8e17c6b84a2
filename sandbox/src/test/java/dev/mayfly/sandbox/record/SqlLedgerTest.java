package dev.mayfly.sandbox.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import dev.mayfly.testkit.KeptLog;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlLedgerTest {
    @TempDir
    Path folder;

    private SqliteStore open() {
        return SqliteStore.open(
                folder.resolve("ledger.db"),
                SqlLedger.SCHEMA,
                SqliteOptions.DEFAULT,
                Clock.systemUTC(),
                new KeptLog().log());
    }

    private static LedgerEntry entry(String runId, String verdict, String result) {
        return new LedgerEntry(
                0,
                runId,
                Instant.ofEpochMilli(1_000),
                "echo 'hi'; --",
                verdict,
                40,
                "native",
                7,
                "sha256:x",
                result,
                "");
    }

    @Test
    void gives_back_what_was_recorded_newest_first_also_after_a_restart() {
        try (SqliteStore store = open()) {
            SqlLedger ledger = new SqlLedger(store);
            ledger.record(entry("r_a", "green", "{\"n\":1}"));
            ledger.record(entry("r_b", "red", "{\"n\":2}"));
            ledger.record(entry("r_a", "green", "{\"n\":3}"));
        }
        try (SqliteStore store = open()) {
            SqlLedger ledger = new SqlLedger(store);
            assertThat(ledger.newest(10, Optional.empty()))
                    .extracting(LedgerEntry::result)
                    .containsExactly("{\"n\":3}", "{\"n\":2}", "{\"n\":1}");
            assertThat(ledger.newest(1, Optional.empty())).hasSize(1);
            assertThat(ledger.newest(10, Optional.of("red")))
                    .extracting(LedgerEntry::runId)
                    .containsExactly("r_b");
            LedgerEntry first = ledger.newest(10, Optional.of("red")).getFirst();
            assertThat(first)
                    .isEqualTo(new LedgerEntry(
                            2,
                            "r_b",
                            Instant.ofEpochMilli(1_000),
                            "echo 'hi'; --",
                            "red",
                            40,
                            "native",
                            7,
                            "sha256:x",
                            "{\"n\":2}",
                            ""));
        }
    }

    private static LedgerEntry at(Instant time) {
        return new LedgerEntry(0, "r_a", time, "true", "green", 0, "native", 7, "sha256:x", "{}", "");
    }

    @Test
    void removes_what_is_older_and_numbers_go_on() {
        try (SqliteStore store = open()) {
            SqlLedger ledger = new SqlLedger(store);
            Instant now = Instant.parse("2026-03-01T00:00:00Z");
            for (int i = 0; i < 450; i++) { // more than are removed at once, some out of order
                ledger.record(at(now.minusSeconds(1_000 - i)));
            }
            ledger.record(at(now));
            ledger.record(at(now.minusSeconds(999)));
            ledger.record(at(now.minusSeconds(1)));
            assertThat(ledger.removeBefore(now.minusSeconds(1))).isEqualTo(451);
            assertThat(ledger.newest(10, Optional.empty()))
                    .extracting(LedgerEntry::number)
                    .containsExactly(453L, 451L);
            assertThat(ledger.removeBefore(now.plusSeconds(1)))
                    .as("all but the newest")
                    .isEqualTo(1);
            ledger.record(at(now));
            assertThat(ledger.newest(1, Optional.empty()).getFirst().number()).isEqualTo(454);
        }
    }

    @Test
    void finds_runs_by_the_beginning_of_their_id_the_newest_of_each() {
        try (SqliteStore store = open()) {
            SqlLedger ledger = new SqlLedger(store);
            ledger.record(entry("r_aa1", "green", "old"));
            ledger.record(entry("r_aa1", "green", "new"));
            ledger.record(entry("r_aa2", "green", "other"));
            ledger.record(entry("r_b", "green", "far"));
            assertThat(ledger.startingWith("r_aa", 10))
                    .extracting(LedgerEntry::result)
                    .containsExactly("new", "other");
            assertThat(ledger.startingWith("r_aa1", 10)).hasSize(1);
            assertThat(ledger.startingWith("r_aa", 1)).hasSize(1);
            assertThat(ledger.startingWith("r_%", 10)).isEmpty();
            assertThat(ledger.startingWith("'; DROP TABLE run; --", 10)).isEmpty();
        }
    }

    private static LedgerEntry marked(String runId, String mark) {
        return new LedgerEntry(
                0, runId, Instant.ofEpochMilli(1_000), "true", "green", 0, "native", 7, "sha256:x", "{}", mark);
    }

    @Test
    void finds_a_run_by_its_mark_also_after_a_restart_and_never_one_without() {
        try (SqliteStore store = open()) {
            SqlLedger ledger = new SqlLedger(store);
            ledger.record(marked("r_a", "epoch:1"));
            ledger.record(marked("r_a", ""));
            ledger.record(marked("r_a", "epoch:2"));
        }
        try (SqliteStore store = open()) {
            SqlLedger ledger = new SqlLedger(store);
            assertThat(ledger.marked("epoch:1")).map(LedgerEntry::number).contains(1L);
            assertThat(ledger.marked("epoch:2")).map(LedgerEntry::number).contains(3L);
            assertThat(ledger.marked("epoch:3")).isEmpty();
            assertThat(ledger.marked("epoch")).isEmpty();
        }
    }
}
