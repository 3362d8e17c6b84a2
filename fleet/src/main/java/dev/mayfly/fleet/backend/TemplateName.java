package dev.mayfly.fleet.backend;

import dev.mayfly.base.digest.Sha256Digest;
import java.util.Objects;

/**
 * What machines are cloned from.
 *
 * @param name on this host
 * @param digest by which it is the same on all
 */
public record TemplateName(String name, Sha256Digest digest) {
    public TemplateName {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(digest, "digest");
    }
}
