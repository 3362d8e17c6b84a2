package dev.mayfly.fleet.backend;

import dev.mayfly.fleet.api.Address;
import java.nio.file.Path;
import java.util.Objects;

/**
 * How somebody on the host logs in to a machine.
 *
 * @param key the private half, in a file that only the agent's user can read; it never leaves the host
 */
public record Login(Address address, String user, Path key) {
    public Login {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(key, "key");
    }
}
