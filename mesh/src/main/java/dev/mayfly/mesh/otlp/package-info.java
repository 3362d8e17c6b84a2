/**
 * Pushes metrics to a collector of OpenTelemetry (OTLP), over HTTP or gRPC. In come metrics in plain types, out go messages; what
 * a metric means is not known here. Nothing is kept: sums count from the start on, so a push that fails is made good by the next.
 */
@NullMarked
package dev.mayfly.mesh.otlp;

import org.jspecify.annotations.NullMarked;
