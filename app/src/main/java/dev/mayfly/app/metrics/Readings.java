package dev.mayfly.app.metrics;

/** What a {@link MetricsServer} shows. */
interface Readings {
    /** @param accept the request's header: OpenMetrics for who names it, the text format 0.0.4 for all others */
    Exposition.Page page(String accept);

    Health health();
}
