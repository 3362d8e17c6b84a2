package dev.mayfly.mesh.otlp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import dev.mayfly.testkit.Certificates;
import dev.mayfly.testkit.KeptLog;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.AggregationTemporality;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricPushTest {
    private static final Duration OFTEN = Duration.ofMillis(100);
    private static final Instant NOW = Instant.parse("2026-05-04T03:02:01Z");
    private static final long NANOS = NOW.getEpochSecond() * 1_000_000_000;

    private final KeptLog log = new KeptLog();
    private final AtomicLong counted = new AtomicLong(7);

    private List<Metric> metrics() {
        return List.of(
                new Metric(
                        "rpingmesh.probe_total",
                        "Probes.",
                        Metric.Kind.COUNTER,
                        List.of(new Metric.Value(
                                Map.of("target_tor", "b", "source_tor", "a"), counted.getAndIncrement()))),
                new Metric("agents", "Agents.", Metric.Kind.GAUGE, List.of(new Metric.Value(Map.of(), 3.5))),
                new Metric(
                        "rpingmesh.network_rtt_ns",
                        "Time.",
                        Metric.Kind.HISTOGRAM,
                        List.of(new Metric.Spread(Map.of(), List.of(10.0, 20.0), List.of(1L, 0L, 2L), 99))));
    }

    private MetricPush push(String to, Optional<Path> authority, Optional<Token> token) {
        return MetricPush.start(
                Collector.parse(to, authority, token),
                OFTEN,
                new MetricPush.Parts(
                        this::metrics, Map.of("service.name", "it"), Clock.fixed(NOW, ZoneOffset.UTC), log.log()));
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.sleep(10);
        }
    }

    private static Map<String, String> words(List<KeyValue> labels) {
        return labels.stream()
                .collect(java.util.stream.Collectors.toMap(
                        KeyValue::getKey, each -> each.getValue().getStringValue()));
    }

    private static void whole(PlayedCollector.Push push, long count) {
        var resource = push.metrics().getResourceMetrics(0);
        assertThat(words(resource.getResource().getAttributesList())).containsExactly(Map.entry("service.name", "it"));
        var metrics = resource.getScopeMetrics(0).getMetricsList();
        assertThat(metrics)
                .extracting(each -> each.getName())
                .containsExactly("rpingmesh.probe_total", "agents", "rpingmesh.network_rtt_ns");
        assertThat(metrics).allSatisfy(each -> assertThat(each.getUnit()).isEmpty());
        var sum = metrics.get(0).getSum();
        assertThat(sum.getIsMonotonic()).isTrue();
        assertThat(sum.getAggregationTemporality())
                .isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
        NumberDataPoint counter = sum.getDataPoints(0);
        assertThat(counter.getAsDouble()).isEqualTo(count);
        assertThat(counter.getStartTimeUnixNano()).isEqualTo(NANOS);
        assertThat(counter.getTimeUnixNano()).isEqualTo(NANOS);
        assertThat(words(counter.getAttributesList()))
                .containsOnly(Map.entry("source_tor", "a"), Map.entry("target_tor", "b"));
        assertThat(metrics.get(1).getGauge().getDataPoints(0).getAsDouble()).isEqualTo(3.5);
        assertThat(metrics.get(1).getDescription()).isEqualTo("Agents.");
        var histogram = metrics.get(2).getHistogram();
        assertThat(histogram.getAggregationTemporality())
                .isEqualTo(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
        HistogramDataPoint spread = histogram.getDataPoints(0);
        assertThat(spread.getBucketCountsList()).containsExactly(1L, 0L, 2L);
        assertThat(spread.getExplicitBoundsList()).containsExactly(10.0, 20.0);
        assertThat(spread.getCount()).isEqualTo(3);
        assertThat(spread.getSum()).isEqualTo(99);
        // Nothing that OpenTelemetry's own messages have no name for.
        assertThat(push.metrics().getUnknownFields().asMap()).isEmpty();
        assertThat(counter.getUnknownFields().asMap()).isEmpty();
        assertThat(spread.getUnknownFields().asMap()).isEmpty();
    }

    @Test
    void metrics_arrive_over_http_whole_and_again_and_again() throws Exception {
        try (PlayedCollector collector = PlayedCollector.http(Optional.empty());
                MetricPush _ = push(
                        "http://127.0.0.1:" + collector.port(), Optional.empty(), Optional.of(new Token("word")))) {
            PlayedCollector.Push first = collector.next();
            assertThat(first.how()).isEqualTo("POST /v1/metrics application/x-protobuf");
            assertThat(first.authorization()).isEqualTo("Bearer word");
            whole(first, 7);
            whole(collector.next(), 8);
        }
        assertThat(log.messages()).isEmpty();
    }

    @Test
    void metrics_arrive_over_grpc_under_the_name_of_the_service() throws Exception {
        try (PlayedCollector collector = PlayedCollector.grpc();
                MetricPush _ = push(
                        "grpc://127.0.0.1:" + collector.port(), Optional.empty(), Optional.of(new Token("word")))) {
            PlayedCollector.Push first = collector.next();
            assertThat(first.how()).isEqualTo("opentelemetry.proto.collector.metrics.v1.MetricsService/Export");
            assertThat(first.authorization()).isEqualTo("Bearer word");
            whole(first, 7);
            whole(collector.next(), 8);
        }
    }

    @Test
    void a_collector_must_show_a_certificate_of_the_authority_that_is_named(@TempDir Path folder) throws Exception {
        Certificates certificates = Certificates.make(folder, "server");
        Path authority = certificates.authority();
        try (PlayedCollector collector = PlayedCollector.http(Optional.of(context(certificates)))) {
            try (MetricPush _ = push(
                    "https://localhost:" + collector.port() + "/otlp/v1/metrics",
                    Optional.of(authority),
                    Optional.empty())) {
                PlayedCollector.Push push = collector.next();
                assertThat(push.how()).isEqualTo("POST /otlp/v1/metrics application/x-protobuf");
                assertThat(push.authorization()).isEqualTo("null");
            }
            try (MetricPush _ = push("https://localhost:" + collector.port(), Optional.empty(), Optional.empty())) {
                await("an authority that nobody knows is told", () -> log.text().contains("SSLHandshakeException"));
            }
        }
    }

    private static SSLContext context(Certificates certificates) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        String pem = Files.readString(certificates.key("server")).replaceAll("-----[^-]+-----|\\s", "");
        PrivateKey key = KeyFactory.getInstance("RSA")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        try (InputStream in = Files.newInputStream(certificates.certificate("server"))) {
            Certificate own = CertificateFactory.getInstance("X.509").generateCertificate(in);
            store.setKeyEntry("it", key, new char[0], new Certificate[] {own});
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    @Test
    void a_collector_that_says_no_is_told_once_and_asked_again() throws Exception {
        try (PlayedCollector collector = PlayedCollector.http(Optional.empty())) {
            collector.answers(503);
            try (MetricPush _ = push("http://127.0.0.1:" + collector.port(), Optional.empty(), Optional.empty())) {
                await("it was asked often", () -> counted.get() > 7 + 5);
                assertThat(log.messages()).containsExactly("metrics are not pushed");
                assertThat(log.text()).contains("status 503");
                collector.answers(200);
                // What was not taken is in the next push: counts are of all time.
                assertThat(collector
                                .next()
                                .metrics()
                                .getResourceMetrics(0)
                                .getScopeMetrics(0)
                                .getMetrics(0)
                                .getSum()
                                .getDataPoints(0)
                                .getAsDouble())
                        .isGreaterThanOrEqualTo(7 + 5);
                await("that it is well is told", () -> log.messages().size() == 2);
                collector.refuses(3);
                await(
                        "what it leaves out is told",
                        () -> log.text().contains("3 points were refused: too many series"));
            }
        }
    }

    @Test
    void nobody_there_costs_nothing_but_a_warning() throws Exception {
        for (String scheme : List.of("http", "grpc")) {
            int port;
            try (PlayedCollector gone = PlayedCollector.http(Optional.empty())) {
                port = gone.port();
            }
            int before = log.messages().size();
            try (MetricPush _ = push(scheme + "://127.0.0.1:" + port, Optional.empty(), Optional.empty())) {
                await(scheme + " warns", () -> log.messages().size() > before);
            }
        }
    }

    @Test
    void addresses_have_the_usual_ports_and_paths() {
        assertThat(Collector.parse("http://c", Optional.empty(), Optional.empty()))
                .hasToString("http://c:4318/v1/metrics");
        assertThat(Collector.parse("https://c:1/x", Optional.empty(), Optional.empty()))
                .hasToString("https://c:1/x");
        assertThat(Collector.parse("grpc://c/", Optional.empty(), Optional.empty()))
                .hasToString("grpc://c:4317");
        assertThat(Collector.parse("grpcs://[::1]:9", Optional.empty(), Optional.empty()))
                .hasToString("grpcs://[::1]:9");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "c:4317", "ftp://c", "http://", "http://a@c", "http://c?x=1", "grpc://c/path", "http://a b"})
    void other_words_are_refused(String text) {
        assertThatThrownBy(() -> Collector.parse(text, Optional.empty(), Optional.empty()))
                .isInstanceOf(MayflyException.class)
                .hasMessageContaining("mesh.otlp does not understand");
    }
}
