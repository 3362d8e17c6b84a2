package dev.mayfly.mesh.exchange;

import java.time.Duration;

/**
 * In what steps agents report.
 *
 * @param window probes that begin within one count together
 * @param report how often a report is sent
 */
public record Pace(Duration window, Duration report) {
    /** Fast enough to find a dead link within two seconds of probing it ten times a second. */
    public static final Pace USUAL = new Pace(Duration.ofMillis(200), Duration.ofMillis(200));

    public Pace {
        if (window.toMillis() < 10 || report.toMillis() < 10) {
            throw new IllegalArgumentException("windows of " + window + ", reports every " + report);
        }
    }
}
