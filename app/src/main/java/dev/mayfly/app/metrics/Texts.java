package dev.mayfly.app.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Snapshots in the two formats that scrapers read. */
final class Texts {
    private final ExpositionFormatWriter plain =
            PrometheusTextFormatWriter.builder().build();
    private final ExpositionFormatWriter openMetrics =
            OpenMetricsTextFormatWriter.builder().build();

    Exposition.Page page(String accept, MetricSnapshots snapshots) {
        ExpositionFormatWriter writer = openMetrics.accepts(accept) ? openMetrics : plain;
        return new Exposition.Page(writer.getContentType(), text(writer, snapshots));
    }

    /** In the format 0.0.4. */
    String plain(MetricSnapshots snapshots) {
        return text(plain, snapshots);
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
