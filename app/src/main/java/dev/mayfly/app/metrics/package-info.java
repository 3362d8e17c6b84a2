/**
 * What this process counts about its work, and the places where people and machines read it.
 *
 * <p>In come events in plain types: {@link dev.mayfly.app.metrics.Metrics} has one method for each. Out go a line of the
 * log, a JSON file, a Prometheus textfile ({@link dev.mayfly.app.metrics.MetricsReporter}) and HTTP
 * ({@link dev.mayfly.app.metrics.MetricsServer}). Counts live as long as the process; nothing is read back. This package
 * knows neither jobs nor queues, and it alone knows the Prometheus library. {@code docs/metrics.md} lists every metric.
 */
@NullMarked
package dev.mayfly.app.metrics;

import org.jspecify.annotations.NullMarked;
