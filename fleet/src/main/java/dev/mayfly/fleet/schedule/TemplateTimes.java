package dev.mayfly.fleet.schedule;

import dev.mayfly.base.digest.Sha256Digest;
import java.util.Objects;

/**
 * How long the latest starts of one template have taken on one host, in microseconds. Nothing is decided by it.
 *
 * @param template what the host calls it
 * @param digest of the template: another one may get its name
 * @param way how machines were started
 * @param starts how many this is about
 */
public record TemplateTimes(
        String template,
        Sha256Digest digest,
        String way,
        int starts,
        Quantiles cloned,
        Quantiles bootToSsh,
        Quantiles total) {
    /** @param p50 the least of which at least half are not longer; p95 likewise */
    public record Quantiles(long p50, long p95) {}

    public TemplateTimes {
        Objects.requireNonNull(template, "template");
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(way, "way");
        Objects.requireNonNull(cloned, "cloned");
        Objects.requireNonNull(bootToSsh, "bootToSsh");
        Objects.requireNonNull(total, "total");
    }
}
