package dev.mayfly.app;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.embedded.EmbeddedEngine;
import dev.mayfly.queue.nats.NatsEngine;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/** Opens the engine of the queue that is configured. */
final class Queues {
    private Queues() {}

    /** Where the embedded engine keeps everything. */
    static Path file(Path home) {
        return home.resolve("queue.db");
    }

    /** @throws MayflyException when it cannot be opened */
    static QueueEngine open(Settings settings, QueueSettings queue, Clock clock, Log log) {
        Optional<String> url = queue.natsUrl();
        if (url.isPresent()) {
            return NatsEngine.open(queue.nats(url.get()), IdSource.random(), log);
        }
        return EmbeddedEngine.start(
                SqliteStore.open(file(settings.home()), EmbeddedEngine.SCHEMA, SqliteOptions.DEFAULT, clock, log),
                queue.embedded(),
                clock,
                Ticker.system(),
                IdSource.random(),
                log);
    }
}
