package dev.mayfly.store.rqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.store.Migration;
import dev.mayfly.store.Schema;
import dev.mayfly.store.Statement;
import dev.mayfly.testkit.Needs;
import dev.mayfly.testkit.rqlite.RqliteNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three real nodes, and what is left of the state when they are killed. */
@Timeout(180)
class RqliteClusterTest {
    private static final Schema SCHEMA =
            Schema.of("log", Migration.of(1, "log", "CREATE TABLE log (n INTEGER PRIMARY KEY)"));
    private static final int WRITES = 150;

    @TempDir
    Path folder;

    private final List<RqliteNode> nodes = new ArrayList<>();

    private RqliteStore cluster() throws IOException {
        nodes.add(RqliteNode.alone(Needs.rqlited(), folder.resolve("0")));
        nodes.add(RqliteNode.joining(nodes.getFirst(), folder.resolve("1")));
        nodes.add(RqliteNode.joining(nodes.getFirst(), folder.resolve("2")));
        String addresses = String.join(",", nodes.stream().map(RqliteNode::url).toList());
        return RqliteStore.open(
                RqliteOptions.of(addresses).withPatience(Duration.ofSeconds(60)), SCHEMA, Clock.systemUTC(), Log.off());
    }

    @AfterEach
    void end() {
        nodes.forEach(RqliteNode::close);
    }

    private RqliteNode leader() throws InterruptedException {
        while (true) {
            for (RqliteNode node : nodes) {
                if (node.leads()) {
                    return node;
                }
            }
            Thread.sleep(20);
        }
    }

    private static Set<Long> read(RqliteStore store) {
        return new HashSet<>(store.query(Statement.of("SELECT n FROM log"), row -> row.integer("n")));
    }

    @Test
    void nothing_that_was_applied_is_lost_when_leaders_are_killed() throws Exception {
        try (RqliteStore store = cluster()) {
            Set<Long> applied = new HashSet<>();
            Set<Long> unknown = new HashSet<>();
            for (long n = 0; n < WRITES; n++) {
                if (n % 50 == 25) {
                    RqliteNode leader = leader();
                    leader.kill();
                    // It comes back while the others go on.
                    Thread.ofVirtual().start(() -> restart(leader));
                }
                try {
                    if (store.execute(Statement.of("INSERT INTO log (n) VALUES (?)", n))
                            .isApplied()) {
                        applied.add(n);
                    }
                } catch (MayflyException e) {
                    assertThat(e.why()).contains("no answer says whether it was applied");
                    unknown.add(n);
                }
                // A reader sees what was applied before, whichever node leads now.
                assertThat(read(store)).containsAll(applied);
            }
            assertThat(applied.size() + unknown.size()).isEqualTo(WRITES);
            assertThat(unknown.size()).isLessThan(WRITES / 10);
            Set<Long> all = new HashSet<>(applied);
            all.addAll(unknown);
            assertThat(read(store)).containsAll(applied).isSubsetOf(all);
        }
    }

    private static void restart(RqliteNode node) {
        try {
            node.start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
