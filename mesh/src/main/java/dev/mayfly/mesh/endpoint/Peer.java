package dev.mayfly.mesh.endpoint;

import dev.mayfly.mesh.wire.IpAddress;

/**
 * Another endpoint.
 *
 * @param queuePair the queue pair that answers there
 * @param queueKey its Q_Key
 */
public record Peer(IpAddress address, int queuePair, int queueKey) {
    /** The queue pair of endpoints that a person starts by hand, so that they need not be told each other's. */
    public static final int BY_HAND = 0x4D46;

    /** The Q_Key of the open-source R-Pingmesh agents. */
    public static final int USUAL_KEY = 0x11111111;

    /** One that a person started by hand. */
    public static Peer byHand(IpAddress address) {
        return new Peer(address, BY_HAND, USUAL_KEY);
    }
}
