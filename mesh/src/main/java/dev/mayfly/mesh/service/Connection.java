package dev.mayfly.mesh.service;

import dev.mayfly.mesh.wire.FlowLabel;
import dev.mayfly.mesh.wire.IpAddress;

/**
 * A connection of a service: a queue pair that knows where its other end is.
 *
 * @param tuple what began it
 * @param from address of this end; {@code to} of the other
 * @param sourcePort UDP port that its frames come from, which picks their path
 */
public record Connection(
        ConnectionTuple tuple, String device, long controlGroup, IpAddress from, IpAddress to, int sourcePort) {
    static Connection of(VerbsEvent event, Gid local) {
        ConnectionTuple tuple = event.tuple().from(local);
        FlowLabel label = event.flowLabel() != 0
                ? new FlowLabel(event.flowLabel())
                : FlowLabel.ofQueuePairs(tuple.localQueuePair(), tuple.remoteQueuePair());
        return new Connection(
                tuple,
                event.device(),
                event.controlGroup(),
                local.address(),
                tuple.remote().address(),
                label.sourcePort());
    }
}
