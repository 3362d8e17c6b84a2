package dev.mayfly.fleet.ledger;

import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.server.FleetLedger;
import dev.mayfly.store.Sql;
import dev.mayfly.store.rqlite.RqliteOptions;
import dev.mayfly.store.rqlite.RqliteStore;
import dev.mayfly.testkit.Needs;
import dev.mayfly.testkit.rqlite.RqliteNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The same ledger in a real node of rqlite. */
class RqliteFleetLedgerTest extends FleetLedgerContract {
    @TempDir
    Path folder;

    private final List<Sql> opened = new ArrayList<>();
    private Optional<RqliteNode> node = Optional.empty();

    @Override
    FleetLedger open() {
        try {
            if (node.isEmpty()) {
                node = Optional.of(RqliteNode.alone(Needs.rqlited(), folder));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Sql sql = RqliteStore.open(
                RqliteOptions.of(node.get().url()), SqlFleetLedger.SCHEMA, Clock.systemUTC(), Log.off());
        opened.add(sql);
        return new SqlFleetLedger(sql);
    }

    @AfterEach
    void close() {
        opened.forEach(Sql::close);
        node.ifPresent(RqliteNode::close);
    }
}
