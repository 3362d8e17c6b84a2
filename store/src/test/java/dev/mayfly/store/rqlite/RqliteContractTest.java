package dev.mayfly.store.rqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.store.Migration;
import dev.mayfly.store.Schema;
import dev.mayfly.store.Sql;
import dev.mayfly.store.SqlContract;
import dev.mayfly.store.Statement;
import dev.mayfly.testkit.Needs;
import dev.mayfly.testkit.rqlite.RqliteNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real server, one node of it, anew for each test. */
class RqliteContractTest extends SqlContract {
    private static final Schema REFERRING = Schema.of(
            "referring",
            Migration.of(
                    1,
                    "tables",
                    "CREATE TABLE one (id INTEGER PRIMARY KEY)",
                    "CREATE TABLE two (of INTEGER REFERENCES one)"));

    @TempDir
    Path folder;

    private RqliteNode node;

    @Override
    protected Sql openEmpty() throws IOException {
        node = RqliteNode.alone(Needs.rqlited(), folder);
        return open(SCHEMA);
    }

    private RqliteStore open(Schema schema) {
        return RqliteStore.open(RqliteOptions.of(node.url()), schema, Clock.systemUTC(), Log.off());
    }

    @AfterEach
    void end() {
        if (node != null) {
            node.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"x'00ff'", " X'00' ", "x''", "x'not bytes'", "?", "'; DROP TABLE thing; --", ""})
    void a_text_stays_a_text_whatever_it_looks_like(String text) {
        try (RqliteStore store = open(SCHEMA)) {
            store.execute(Statement.of("INSERT INTO thing (id, t) /* ? */ VALUES (?, ?) -- ?", 7, text));
            assertThat(store.query(
                            Statement.of("SELECT t, typeof(t) AS kind FROM thing WHERE t = ?", text),
                            row -> row.text("kind") + ":" + row.text("t")))
                    .containsExactly("text:" + text);
        }
    }

    @Test
    void what_was_applied_is_there_after_the_node_was_killed() throws IOException {
        try (RqliteStore store = open(SCHEMA)) {
            store.execute(Statement.of("INSERT INTO account (id, balance) VALUES ('a', 1)"));
            node.kill();
            node.start();
            assertThat(store.query(Statement.of("SELECT id FROM account"), row -> row.text("id")))
                    .containsExactly("a");
        }
    }

    @Test
    void programs_that_start_together_migrate_once() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<RqliteStore>> all =
                    threads.invokeAll(java.util.Collections.nCopies(6, (Callable<RqliteStore>) () -> open(REFERRING)));
            for (Future<RqliteStore> each : all) {
                each.get().close();
            }
        }
        try (RqliteStore store = open(REFERRING)) {
            assertThat(store.query(
                            Statement.of("SELECT number FROM mayfly_migrations WHERE schema = 'referring'"),
                            row -> row.integer("number")))
                    .containsExactly(1L);
        }
    }

    @Test
    void foreign_keys_hold() {
        try (RqliteStore store = open(REFERRING)) {
            assertThat(store.execute(Statement.of("INSERT INTO two (of) VALUES (1)"))
                            .isApplied())
                    .isFalse();
        }
    }

    @Test
    void a_node_without_foreign_keys_is_refused_when_the_schema_relies_on_them() throws IOException {
        try (RqliteNode careless = RqliteNode.alone(Needs.rqlited(), folder.resolve("careless"), "-fk=false")) {
            assertThatThrownBy(() ->
                            RqliteStore.open(RqliteOptions.of(careless.url()), REFERRING, Clock.systemUTC(), Log.off()))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.fix()).contains("-fk=true"));
        }
    }

    @Test
    void a_schema_that_was_changed_is_refused() {
        open(REFERRING).close();
        Schema changed = Schema.of("referring", Migration.of(1, "tables", "CREATE TABLE other (id INTEGER)"));
        assertThatThrownBy(() -> open(changed)).hasMessageContaining("another content");
        assertThatThrownBy(() -> open(Schema.of("referring"))).hasMessageContaining("knows only up to 0");
        Schema clash = Schema.of("clash", Migration.of(1, "tables", "CREATE TABLE one (id INTEGER)"));
        assertThatThrownBy(() -> open(clash))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.fix()).contains("a cluster of its own"));
    }
}
