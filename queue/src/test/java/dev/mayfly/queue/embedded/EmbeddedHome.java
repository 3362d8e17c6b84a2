package dev.mayfly.queue.embedded;

import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.contract.Engine;
import dev.mayfly.queue.contract.EngineHome;
import dev.mayfly.queue.contract.EngineTerms;
import dev.mayfly.queue.port.Answers;
import dev.mayfly.queue.port.JobLedger;
import dev.mayfly.queue.port.WorkQueue;
import dev.mayfly.store.Sql;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Clock;

/** The embedded engine over a file. Each opening has connections and threads of its own, as another process would. */
record EmbeddedHome(Path folder, EngineTerms terms, SqliteOptions options, Clock clock) implements EngineHome {
    static EmbeddedHome in(Path folder, EngineTerms terms) {
        return new EmbeddedHome(folder, terms, SqliteOptions.DEFAULT, Clock.systemUTC());
    }

    SqliteStore store() {
        return SqliteStore.open(folder.resolve("queue.db"), EmbeddedEngine.SCHEMA, options, clock, Log.off());
    }

    @Override
    public Engine open() {
        return over(store());
    }

    Engine over(Sql sql) {
        return new Opened(start(sql));
    }

    EmbeddedEngine start(Sql sql) {
        return EmbeddedEngine.start(
                sql,
                new EmbeddedSettings(terms.ackWait(), terms.duplicateWindow(), terms.maxMessages()),
                clock,
                Ticker.system(),
                IdSource.random(),
                Log.off());
    }

    private record Opened(EmbeddedEngine engine) implements Engine {
        @Override
        public WorkQueue queue() {
            return engine.queue();
        }

        @Override
        public JobLedger ledger() {
            return engine.ledger();
        }

        @Override
        public Answers answers() {
            return engine.answers();
        }

        @Override
        public void close() {
            engine.close();
        }
    }
}
