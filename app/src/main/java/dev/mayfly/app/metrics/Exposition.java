package dev.mayfly.app.metrics;

import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;

/** The metrics as text for machines. */
final class Exposition implements Readings {
    /** One answer to a scrape. */
    record Page(String contentType, String body) {}

    private static final Pattern FRACTION_OF_ZERO = Pattern.compile("(?m)(?<= [0-9]{1,18})\\.0$");

    private final Metrics metrics;
    private final PrometheusRegistry oldNames = new PrometheusRegistry();
    private final Texts texts = new Texts();

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

    @Override
    public Page page(String accept) {
        return texts.page(accept, metrics.scrape());
    }

    @Override
    public Health health() {
        return metrics.health();
    }

    /**
     * For the textfile collector, which reads the format 0.0.4 only. Here the old names are, too, and whole numbers have
     * no fraction: scripts of the replaced system compare them with those of a shell.
     */
    String textfile() {
        String both = texts.plain(metrics.scrape()) + texts.plain(oldNames.scrape());
        return FRACTION_OF_ZERO.matcher(both).replaceAll("");
    }
}
