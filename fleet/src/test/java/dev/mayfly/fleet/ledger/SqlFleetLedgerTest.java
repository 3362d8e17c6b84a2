package dev.mayfly.fleet.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.server.FleetLedger;
import dev.mayfly.store.Sql;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqlFleetLedgerTest extends FleetLedgerContract {
    @TempDir
    Path folder;

    private final List<Sql> opened = new ArrayList<>();

    /** Each with its own store on the same file, as two processes would have it. */
    @Override
    FleetLedger open() {
        Sql sql = SqliteStore.open(
                folder.resolve("fleet.db"), SqlFleetLedger.SCHEMA, SqliteOptions.DEFAULT, Clock.systemUTC(), Log.off());
        opened.add(sql);
        return new SqlFleetLedger(sql);
    }

    @AfterEach
    void close() {
        opened.forEach(Sql::close);
    }

    @Test
    void servers_that_start_at_once_take_turns() throws InterruptedException {
        List<FleetLedger> ledgers = List.of(open(), open(), open());
        List<Long> epochs = java.util.Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = ledgers.stream()
                .map(ledger -> Thread.startVirtualThread(
                        () -> epochs.add(ledger.takeOver().epoch())))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(epochs).containsExactlyInAnyOrder(1L, 2L, 3L);
    }
}
