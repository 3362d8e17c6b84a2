/** A collector that is played, and reads what arrives by OpenTelemetry's own messages and not by ours. */
package dev.mayfly.mesh.otlp;
