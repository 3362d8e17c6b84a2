package dev.mayfly.mesh.exchange;

import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.List;
import java.util.Objects;

/**
 * A network card, or an address of a host that stands for one.
 *
 * @param queuePair the one that answers probes; another one after each start of the agent
 * @param device its name on its host, for people
 * @param tor the switch that it is plugged into
 * @param sourcePorts UDP ports that it can send from, which pick paths; empty when it does not let us choose
 */
public record Card(
        IpAddress address, int queuePair, int queueKey, String device, String tor, List<Integer> sourcePorts) {
    private static final int LONGEST_NAME = 256;

    public Card {
        Objects.requireNonNull(address, "address");
        sourcePorts = List.copyOf(sourcePorts);
        if (queuePair < 0 || queuePair > 0xFFFFFF) {
            throw new IllegalArgumentException("a queue pair has 24 bits");
        }
        if (device.length() > LONGEST_NAME || tor.isEmpty() || tor.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("a card has a switch, and names have at most 256 characters");
        }
        if (sourcePorts.size() > 4096 || sourcePorts.stream().anyMatch(port -> port < 1 || port > 0xFFFF)) {
            throw new IllegalArgumentException("a card has at most 4096 source ports, each from 1 to 65535");
        }
    }

    public Peer peer() {
        return new Peer(address, queuePair, queueKey);
    }
}
