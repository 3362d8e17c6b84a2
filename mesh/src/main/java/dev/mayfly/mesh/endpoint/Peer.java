package dev.mayfly.mesh.endpoint;

import dev.mayfly.mesh.wire.IpAddress;

/**
 * Another endpoint.
 *
 * @param queuePair the queue pair that answers there
 * @param queueKey its Q_Key
 */
public record Peer(IpAddress address, int queuePair, int queueKey) {}
