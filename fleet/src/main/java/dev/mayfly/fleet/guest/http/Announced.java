package dev.mayfly.fleet.guest.http;

import java.util.Objects;

/**
 * Where a guest is.
 *
 * @param address a number, of IPv4 or IPv6
 * @param port where its agent answers
 * @param sshPort where its SSH server does
 * @param hostKey its public SSH host key as a line of authorized_keys; empty when it has said none
 */
public record Announced(String address, int port, int sshPort, String hostKey) {
    private static final int HIGHEST_PORT = 65_535;
    private static final int LONGEST_KEY = 4096;

    public Announced {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(hostKey, "hostKey");
        if (!address.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9]+)?")) {
            throw new IllegalArgumentException("this is no number of a network");
        }
        if (Math.min(port, sshPort) < 1 || Math.max(port, sshPort) > HIGHEST_PORT) {
            throw new IllegalArgumentException("this is no port");
        }
        if (hostKey.length() > LONGEST_KEY || hostKey.chars().anyMatch(c -> c < ' ' || c > '~')) {
            throw new IllegalArgumentException("this is no host key");
        }
    }
}
