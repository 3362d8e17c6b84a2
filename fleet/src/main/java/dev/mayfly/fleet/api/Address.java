package dev.mayfly.fleet.api;

import java.util.Objects;

/**
 * Where a runner answers to SSH.
 *
 * @param hostKey to be pinned, as a line of authorized_keys; empty when the back end has no safe way to learn it
 */
public record Address(String host, int port, String hostKey) {
    private static final int LAST_PORT = 65_535;

    public Address {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(hostKey, "hostKey");
        if (host.isEmpty() || port < 1 || port > LAST_PORT) {
            throw new IllegalArgumentException("not an address: " + host + ":" + port);
        }
    }
}
