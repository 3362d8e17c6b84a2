package dev.mayfly.cli;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.cli.Command.Option;
import java.util.Optional;

/** Options that several commands about the queue have. */
final class QueueWords {
    static final Option QUEUE = Option.value(
            "--queue", "WHERE", "embedded, nats, or the URL of a NATS server (default: that of the configuration)");
    static final Option TIMEOUT =
            Option.value("--timeout", "SEC", "how long to wait; the job goes on when it is over (default 3600)");
    private static final long MAX_WAIT_SEC = 7L * 24 * 3600;

    private QueueWords() {}

    static JsonObject waiting(Words words) {
        JsonObject parameters = JsonObject.of().with("wait", words.on("--wait"));
        Optional<Long> timeout = words.number("--timeout", 0, MAX_WAIT_SEC);
        return timeout.isPresent() ? parameters.with("timeout_sec", timeout.get()) : parameters;
    }
}
