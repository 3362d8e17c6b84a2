package dev.mayfly.app.metrics;

import dev.mayfly.mesh.otlp.Metric;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Label;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Snapshots as what is pushed. Names are those of Prometheus, so that a query finds both; those of R-Pingmesh have the dot that
 * its agents push them with, which a collector makes an underscore for Prometheus.
 */
final class PushedMetrics {
    private static final String OLD = "rpingmesh_";
    private static final String TOTAL = "_total";

    private PushedMetrics() {}

    static List<Metric> of(MetricSnapshots snapshots) {
        List<Metric> metrics = new ArrayList<>();
        for (MetricSnapshot snapshot : snapshots) {
            String help = String.valueOf(snapshot.getMetadata().getHelp());
            String name = name(snapshot.getMetadata().getName());
            switch (snapshot) {
                case CounterSnapshot counter ->
                    metrics.add(new Metric(
                            name.endsWith(TOTAL) ? name : name + TOTAL,
                            help,
                            Metric.Kind.COUNTER,
                            counter.getDataPoints().stream()
                                    .map(point -> value(point, point.getValue()))
                                    .toList()));
                case GaugeSnapshot gauge ->
                    metrics.add(new Metric(
                            name,
                            help,
                            Metric.Kind.GAUGE,
                            gauge.getDataPoints().stream()
                                    .map(point -> value(point, point.getValue()))
                                    .toList()));
                case HistogramSnapshot histogram ->
                    metrics.add(new Metric(
                            name,
                            help,
                            Metric.Kind.HISTOGRAM,
                            histogram.getDataPoints().stream()
                                    .map(PushedMetrics::spread)
                                    .toList()));
                default -> throw new IllegalArgumentException("no metric of ours is like " + snapshot.getClass());
            }
        }
        return metrics;
    }

    private static String name(String prometheus) {
        return prometheus.startsWith(OLD) ? "rpingmesh." + prometheus.substring(OLD.length()) : prometheus;
    }

    private static Metric.Point value(DataPointSnapshot point, double value) {
        return new Metric.Value(labels(point), value);
    }

    private static Metric.Point spread(HistogramDataPointSnapshot point) {
        ClassicHistogramBuckets buckets = point.getClassicBuckets();
        List<Double> bounds = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        for (int i = 0; i < buckets.size(); i++) {
            counts.add(buckets.getCount(i));
            if (buckets.getUpperBound(i) != Double.POSITIVE_INFINITY) {
                bounds.add(buckets.getUpperBound(i));
            }
        }
        return new Metric.Spread(labels(point), bounds, counts, point.getSum());
    }

    private static Map<String, String> labels(DataPointSnapshot point) {
        Map<String, String> labels = new LinkedHashMap<>();
        for (Label label : point.getLabels()) {
            labels.put(label.getName(), label.getValue());
        }
        return labels;
    }
}
