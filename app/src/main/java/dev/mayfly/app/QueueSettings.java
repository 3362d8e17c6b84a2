package dev.mayfly.app;

import dev.mayfly.app.SettingKeys.Switch;
import dev.mayfly.base.config.Config;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.embedded.EmbeddedSettings;
import dev.mayfly.queue.nats.NatsSettings;
import dev.mayfly.queue.protocol.Backoff;
import dev.mayfly.queue.worker.Trials;
import dev.mayfly.queue.worker.WorkerSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The configuration of the queue as values of its room. */
final class QueueSettings {
    private static final String EMBEDDED = "embedded";
    private static final String NATS = "nats";
    private static final String USUAL_NATS = "nats://127.0.0.1:4222";
    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

    private final Config config;

    QueueSettings(Config config) {
        this.config = config;
    }

    /**
     * The NATS server of the queue; empty for the embedded engine.
     *
     * @throws MayflyException {@code CONFIGURATION_INVALID}
     */
    Optional<String> natsUrl() {
        Optional<String> url = config.find(SettingKeys.NATS_URL).map(QueueSettings::withScheme);
        String queue = config.find(SettingKeys.QUEUE).orElse(url.isPresent() ? NATS : EMBEDDED);
        Optional<String> chosen = switch (queue) {
            case EMBEDDED -> Optional.empty();
            case NATS -> Optional.of(url.orElse(USUAL_NATS));
            default -> {
                if (!queue.matches("(nats|tls|ws|wss)://.+")) {
                    throw wrong(
                            "queue is '" + queue + "'",
                            "it must be embedded, nats, or the URL of a NATS server",
                            "--queue nats://127.0.0.1:4222, or leave it out");
                }
                yield Optional.of(queue);
            }
        };
        if (chosen.isEmpty() && config.get(SettingKeys.TRIAL_REQUIRE_NATS) == Switch.ON) {
            throw wrong(
                    "trial.require-nats is on, and the queue is embedded",
                    "tests that mean NATS must not pass without it",
                    "set NATS_URL, or turn MAGICRUNE_REQUIRE_NATS off");
        }
        return chosen;
    }

    /** The replaced system's clients write addresses without a scheme. */
    private static String withScheme(String url) {
        return url.contains("://") ? url : "nats://" + url;
    }

    private static MayflyException wrong(String what, String why, String fix) {
        return new MayflyException(ErrorCode.CONFIGURATION_INVALID, what, why, fix);
    }

    /** Where requests are published, also in the embedded queue, so that its letters name a subject too. */
    String subject() {
        return config.get(SettingKeys.NATS_SUBJECT);
    }

    NatsSettings nats(String url) {
        return new NatsSettings(
                url,
                subject(),
                config.get(SettingKeys.NATS_STREAM),
                config.get(SettingKeys.NATS_DURABLE),
                config.get(SettingKeys.NATS_MAX_ACK_PENDING),
                config.get(SettingKeys.QUEUE_ACK_WAIT),
                config.get(SettingKeys.QUEUE_WINDOW),
                config.get(SettingKeys.NATS_PUBLISH_TIMEOUT),
                config.get(SettingKeys.NATS_CLIENT_ACK_WAIT),
                config.get(SettingKeys.QUEUE_KEEP),
                config.get(SettingKeys.QUEUE_MAX_WAITING),
                config.find(SettingKeys.NATS_CREDENTIALS),
                config.get(SettingKeys.NATS_OLD_SERVER) == Switch.ON);
    }

    /** A worker that did not beat for this long is told to be missing; it beats every third of a lease. */
    Duration heard() {
        return config.get(SettingKeys.QUEUE_LEASE).multipliedBy(2);
    }

    /** How long a job is remembered after its end. */
    Duration keep() {
        return config.get(SettingKeys.QUEUE_KEEP);
    }

    EmbeddedSettings embedded() {
        return new EmbeddedSettings(
                config.get(SettingKeys.QUEUE_ACK_WAIT),
                config.get(SettingKeys.QUEUE_WINDOW),
                config.get(SettingKeys.QUEUE_MAX_WAITING));
    }

    WorkerSettings worker(int slots) {
        return new WorkerSettings(
                slots,
                config.get(SettingKeys.QUEUE_ATTEMPTS),
                new Backoff(config.get(SettingKeys.QUEUE_BACKOFF)),
                config.get(SettingKeys.QUEUE_ACK_WAIT),
                config.get(SettingKeys.QUEUE_LEASE),
                ASK_AGAIN,
                config.get(SettingKeys.QUEUE_OLD_DUPLICATES) == Switch.OFF);
    }

    Trials trials() {
        Jitter jitter = config.find(SettingKeys.TRIAL_JITTER).orElse(Jitter.NONE);
        return new Trials(
                config.get(SettingKeys.TRIAL_DELAY),
                jitter.least(),
                jitter.most(),
                config.get(SettingKeys.TRIAL_SKIP_ACK) == Switch.ON,
                RandomGenerator.getDefault());
    }
}
