package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.app.SettingKeys.Switch;
import dev.mayfly.base.config.Config;
import dev.mayfly.base.config.ConfigSource;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class QueueSettingsTest {
    private static Config config(Map<String, String> environment) {
        return Config.resolve(SettingKeys.ALL, ConfigSource.none(), environment, ConfigSource.none());
    }

    private static QueueSettings settings(String... variables) {
        Map<String, String> environment = new TreeMap<>();
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return new QueueSettings(config(environment));
    }

    /** A variable of the replaced system, a text for it, and what this program makes of that. */
    private record Old(String variable, String text, Object expected, Function<Config, Object> seen) {}

    private static Function<Config, Object> queue(Function<QueueSettings, Object> part) {
        return config -> part.apply(new QueueSettings(config));
    }

    private static final List<Old> OLD = List.of(
            new Old("NATS_URL", "10.0.0.7:4222", Optional.of("nats://10.0.0.7:4222"), queue(QueueSettings::natsUrl)),
            new Old("NATS_REQ_SUBJ", "run.req.fast", "run.req.fast", queue(QueueSettings::subject)),
            new Old("NATS_STREAM", "JOBS", "JOBS", config -> config.get(SettingKeys.NATS_STREAM)),
            new Old("NATS_DURABLE", "D2", "D2", config -> config.get(SettingKeys.NATS_DURABLE)),
            new Old("NATS_MAX_ACK_PENDING", "17", 17, config -> config.get(SettingKeys.NATS_MAX_ACK_PENDING)),
            new Old(
                    "NATS_ACK_WAIT_SEC",
                    "7",
                    Duration.ofSeconds(7),
                    queue(q -> q.embedded().ackWait())),
            new Old(
                    "NATS_ACK_WAIT_SEC",
                    "8",
                    Duration.ofSeconds(8),
                    queue(q -> q.worker(1).ackWait())),
            new Old(
                    "NATS_DUP_WINDOW_SEC",
                    "9",
                    Duration.ofSeconds(9),
                    queue(q -> q.embedded().duplicateWindow())),
            new Old(
                    "NATS_CONSUMER_MAX_DELIVER",
                    "11",
                    11,
                    queue(q -> q.worker(1).maxAttempts())),
            new Old(
                    "MAGICRUNE_POLICY",
                    "/p.yml",
                    Optional.of(Path.of("/p.yml")),
                    config -> config.find(SettingKeys.POLICY)),
            new Old("MAGICRUNE_METRICS_EVERY", "3", 3, config -> config.get(SettingKeys.METRICS_EVERY)),
            new Old(
                    "MAGICRUNE_METRICS_FILE",
                    "/m.json",
                    Optional.of(Path.of("/m.json")),
                    config -> config.find(SettingKeys.METRICS_FILE)),
            new Old(
                    "MAGICRUNE_METRICS_TEXTFILE",
                    "/m.prom",
                    Optional.of(Path.of("/m.prom")),
                    config -> config.find(SettingKeys.METRICS_TEXTFILE)),
            new Old(
                    "ACK_ACK_WAIT_SEC",
                    "4",
                    Duration.ofSeconds(4),
                    config -> config.get(SettingKeys.NATS_CLIENT_ACK_WAIT)),
            new Old(
                    "JS_PUBLISH_TIMEOUT_SEC",
                    "6",
                    Duration.ofSeconds(6),
                    config -> config.get(SettingKeys.NATS_PUBLISH_TIMEOUT)),
            new Old(
                    "MAGICRUNE_TEST_DELAY_MS",
                    "250",
                    Duration.ofMillis(250),
                    config -> config.get(SettingKeys.TRIAL_DELAY)),
            new Old(
                    "MAGICRUNE_TEST_DELAY_MS_JITTER",
                    "200..=800",
                    Optional.of(new Jitter(Duration.ofMillis(200), Duration.ofMillis(800))),
                    config -> config.find(SettingKeys.TRIAL_JITTER)),
            new Old("MAGICRUNE_TEST_SKIP_ACK_ONCE", "1", Switch.ON, config -> config.get(SettingKeys.TRIAL_SKIP_ACK)),
            new Old("MAGICRUNE_REQUIRE_NATS", "1", Switch.ON, config -> config.get(SettingKeys.TRIAL_REQUIRE_NATS)),
            // Read, so that scripts that set it go on; its description says why it changes nothing.
            new Old("MAGICRUNE_DEDUPE_MAX", "512", Optional.of(512), config -> config.find(SettingKeys.DEDUPE_MAX)));

    @TestFactory
    Stream<DynamicTest> every_variable_of_the_replaced_system_has_its_effect() {
        return OLD.stream()
                .map(old -> DynamicTest.dynamicTest(old.variable() + "=" + old.text(), () -> {
                    assertThat(old.seen().apply(config(Map.of(old.variable(), old.text()))))
                            .isEqualTo(old.expected());
                    assertThat(old.seen().apply(config(Map.of())))
                            .as("without it")
                            .isNotEqualTo(old.expected());
                }));
    }

    @Test
    void without_settings_everything_is_as_in_the_replaced_system() {
        Config config = config(Map.of());
        assertThat(new QueueSettings(config).subject()).isEqualTo("run.req.default");
        assertThat(config.get(SettingKeys.NATS_STREAM)).isEqualTo("RUN");
        assertThat(config.get(SettingKeys.NATS_DURABLE)).isEqualTo("RUN_WORKER");
        assertThat(config.get(SettingKeys.NATS_MAX_ACK_PENDING)).isEqualTo(2048);
        assertThat(config.get(SettingKeys.QUEUE_ACK_WAIT)).isEqualTo(Duration.ofSeconds(30));
        assertThat(config.get(SettingKeys.QUEUE_WINDOW)).isEqualTo(Duration.ofSeconds(120));
        assertThat(config.get(SettingKeys.METRICS_EVERY)).isEqualTo(100);
        assertThat(settings("MAYFLY_QUEUE", "nats").natsUrl()).contains("nats://127.0.0.1:4222");
    }

    @Test
    void the_queue_is_embedded_unless_a_server_is_named() {
        assertThat(settings().natsUrl()).isEmpty();
        assertThat(settings("NATS_URL", "h:1").natsUrl()).contains("nats://h:1");
        assertThat(settings("NATS_URL", "h:1", "MAYFLY_QUEUE", "embedded").natsUrl())
                .isEmpty();
        assertThat(settings("NATS_URL", "h:1", "MAYFLY_QUEUE", "tls://other:2").natsUrl())
                .contains("tls://other:2");
    }

    @Test
    void a_place_that_is_none_is_told() {
        assertThatThrownBy(() -> settings("MAYFLY_QUEUE", "bogus").natsUrl())
                .isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CONFIGURATION_INVALID);
                    assertThat(e.what()).contains("bogus");
                    assertThat(e.fix()).contains("--queue nats://");
                });
    }

    @Test
    void a_test_that_means_NATS_does_not_get_the_embedded_queue() {
        assertThatThrownBy(() -> settings("MAGICRUNE_REQUIRE_NATS", "1").natsUrl())
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("the queue is embedded");
        assertThat(settings("MAGICRUNE_REQUIRE_NATS", "1", "NATS_URL", "h:1").natsUrl())
                .isPresent();
        assertThat(settings("MAGICRUNE_REQUIRE_NATS", "0").natsUrl()).isEmpty();
    }

    @Test
    void duplicates_are_answered_unless_the_old_way_is_asked_for() {
        assertThat(settings().worker(1).replay()).isTrue();
        assertThat(settings("MAYFLY_QUEUE_OLD_DUPLICATES", "on").worker(1).replay())
                .isFalse();
    }
}
