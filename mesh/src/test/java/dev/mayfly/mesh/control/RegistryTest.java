package dev.mayfly.mesh.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.log.Log;
import dev.mayfly.mesh.exchange.Card;
import dev.mayfly.mesh.exchange.Registration;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.store.Sql;
import dev.mayfly.store.rqlite.RqliteOptions;
import dev.mayfly.store.rqlite.RqliteStore;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import dev.mayfly.testkit.Needs;
import dev.mayfly.testkit.rqlite.RqliteNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RegistryTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);

    @TempDir
    Path folder;

    private static Card card(String address, int queuePair) {
        return new Card(IpAddress.parse(address), queuePair, -1, "mlx5_0", "tor-1", List.of(50_000, 50_001));
    }

    private static void keeps(Sql sql) {
        Registry registry = new Registry(sql);
        Registration one = new Registration("one", "host-1", List.of(card("10.0.0.1", 7), card("fd00::1", 8)));
        Registration two = new Registration("two", "host-2", List.of(card("10.0.0.2", 9)));
        registry.put(one, NOW);
        registry.put(two, NOW);
        assertThat(registry.all()).containsExactlyInAnyOrder(one, two);

        Registration changed = new Registration("one", "host-1", List.of(card("10.0.0.1", 77)));
        registry.put(changed, NOW);
        assertThat(registry.all()).containsExactlyInAnyOrder(changed, two);

        registry.touch(List.of("two", "nobody"), NOW.plusSeconds(60));
        assertThat(registry.sweep(NOW.plusSeconds(30))).containsExactly(two);
        assertThat(new Registry(sql).all()).containsExactly(two);
    }

    @Test
    void it_keeps_agents_in_a_file() {
        try (Sql sql = SqliteStore.open(
                folder.resolve("mesh.db"), Registry.SCHEMA, SqliteOptions.DEFAULT, Clock.systemUTC(), Log.off())) {
            keeps(sql);
        }
    }

    @Test
    void it_keeps_agents_in_a_cluster() throws IOException {
        try (RqliteNode node = RqliteNode.alone(Needs.rqlited(), folder);
                Sql sql =
                        RqliteStore.open(RqliteOptions.of(node.url()), Registry.SCHEMA, Clock.systemUTC(), Log.off())) {
            keeps(sql);
        }
    }
}
