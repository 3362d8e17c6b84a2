package dev.mayfly.mesh.otlp;

import dev.mayfly.proto.otlp.AggregationTemporality;
import dev.mayfly.proto.otlp.AnyValue;
import dev.mayfly.proto.otlp.ExportMetricsServiceRequest;
import dev.mayfly.proto.otlp.Gauge;
import dev.mayfly.proto.otlp.Histogram;
import dev.mayfly.proto.otlp.HistogramDataPoint;
import dev.mayfly.proto.otlp.InstrumentationScope;
import dev.mayfly.proto.otlp.KeyValue;
import dev.mayfly.proto.otlp.NumberDataPoint;
import dev.mayfly.proto.otlp.Resource;
import dev.mayfly.proto.otlp.ResourceMetrics;
import dev.mayfly.proto.otlp.ScopeMetrics;
import dev.mayfly.proto.otlp.Sum;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Metrics as messages of OTLP. */
final class MetricWords {
    private static final String SCOPE = "mayfly";

    private final Map<String, String> resource;
    private final long startNanos;

    /** @param start since when counters and histograms count */
    MetricWords(Map<String, String> resource, Instant start) {
        this.resource = Map.copyOf(resource);
        this.startNanos = nanos(start);
    }

    ExportMetricsServiceRequest message(List<Metric> metrics, Instant now) {
        ScopeMetrics.Builder scope = ScopeMetrics.newBuilder()
                .setScope(InstrumentationScope.newBuilder().setName(SCOPE));
        metrics.forEach(metric -> scope.addMetrics(message(metric, nanos(now))));
        Resource.Builder from = Resource.newBuilder();
        new TreeMap<>(resource).forEach((key, value) -> from.addAttributes(word(key, value)));
        return ExportMetricsServiceRequest.newBuilder()
                .addResourceMetrics(
                        ResourceMetrics.newBuilder().setResource(from).addScopeMetrics(scope))
                .build();
    }

    /** Without units: collectors that hand on to Prometheus would put them behind the names. */
    private dev.mayfly.proto.otlp.Metric message(Metric metric, long now) {
        dev.mayfly.proto.otlp.Metric.Builder out =
                dev.mayfly.proto.otlp.Metric.newBuilder().setName(metric.name()).setDescription(metric.help());
        Gauge.Builder gauge = Gauge.newBuilder();
        Sum.Builder sum = Sum.newBuilder()
                .setIsMonotonic(true)
                .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
        Histogram.Builder histogram = Histogram.newBuilder()
                .setAggregationTemporality(AggregationTemporality.AGGREGATION_TEMPORALITY_CUMULATIVE);
        for (Metric.Point point : metric.points()) {
            switch (point) {
                case Metric.Value value
                when metric.kind() == Metric.Kind.GAUGE -> gauge.addDataPoints(number(value, now));
                case Metric.Value value -> sum.addDataPoints(number(value, now).setStartTimeUnixNano(startNanos));
                case Metric.Spread spread -> histogram.addDataPoints(spread(spread, now));
            }
        }
        return switch (metric.kind()) {
            case GAUGE -> out.setGauge(gauge).build();
            case COUNTER -> out.setSum(sum).build();
            case HISTOGRAM -> out.setHistogram(histogram).build();
        };
    }

    private static NumberDataPoint.Builder number(Metric.Value value, long now) {
        NumberDataPoint.Builder out =
                NumberDataPoint.newBuilder().setTimeUnixNano(now).setAsDouble(value.value());
        words(value).forEach(out::addAttributes);
        return out;
    }

    private HistogramDataPoint spread(Metric.Spread spread, long now) {
        HistogramDataPoint.Builder out = HistogramDataPoint.newBuilder()
                .setStartTimeUnixNano(startNanos)
                .setTimeUnixNano(now)
                .setCount(spread.counts().stream().mapToLong(Long::longValue).sum())
                .setSum(spread.sum())
                .addAllBucketCounts(spread.counts())
                .addAllExplicitBounds(spread.bounds());
        words(spread).forEach(out::addAttributes);
        return out.build();
    }

    private static List<KeyValue> words(Metric.Point point) {
        return new TreeMap<>(point.labels())
                .entrySet().stream()
                        .map(each -> word(each.getKey(), each.getValue()))
                        .toList();
    }

    private static KeyValue word(String key, String value) {
        return KeyValue.newBuilder()
                .setKey(key)
                .setValue(AnyValue.newBuilder().setStringValue(value))
                .build();
    }

    private static long nanos(Instant moment) {
        return moment.getEpochSecond() * 1_000_000_000 + moment.getNano();
    }
}
