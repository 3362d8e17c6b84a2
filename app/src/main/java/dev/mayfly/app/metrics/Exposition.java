package dev.mayfly.app.metrics;

import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;

/** The metrics as text for machines. */
final class Exposition {
    /** One answer to a scrape. */
    record Page(String contentType, String body) {}

    private static final Pattern FRACTION_OF_ZERO = Pattern.compile("(?m)(?<= [0-9]{1,18})\\.0$");

    private final Metrics metrics;
    private final PrometheusRegistry oldNames = new PrometheusRegistry();
    private final ExpositionFormatWriter plain =
            PrometheusTextFormatWriter.builder().build();
    private final ExpositionFormatWriter openMetrics =
            OpenMetricsTextFormatWriter.builder().build();

    Exposition(Metrics metrics) {
        this.metrics = metrics;
        old("magicrune_processed_total", Counts::allRuns);
        old("magicrune_dupe_total", Counts::duplicates);
        old("magicrune_red_total", counts -> counts.of(RunEnding.RED));
    }

    private void old(String name, ToLongFunction<Counts> count) {
        CounterWithCallback.builder(PrometheusProperties.builder().build())
                .name(name)
                .help("Old name, kept for scripts.")
                .callback(counter -> counter.call((double) count.applyAsLong(metrics.counts())))
                .register(oldNames);
    }

    /** @param accept the request's header: OpenMetrics for who names it, the text format 0.0.4 for all others */
    Page page(String accept) {
        ExpositionFormatWriter writer = openMetrics.accepts(accept) ? openMetrics : plain;
        return new Page(writer.getContentType(), text(writer, metrics.scrape()));
    }

    /**
     * For the textfile collector, which reads the format 0.0.4 only. Here the old names are, too, and whole numbers have
     * no fraction: scripts of the replaced system compare them with those of a shell.
     */
    String textfile() {
        String both = text(plain, metrics.scrape()) + text(plain, oldNames.scrape());
        return FRACTION_OF_ZERO.matcher(both).replaceAll("");
    }

    private static String text(ExpositionFormatWriter writer, MetricSnapshots snapshots) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            writer.write(out, snapshots);
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
