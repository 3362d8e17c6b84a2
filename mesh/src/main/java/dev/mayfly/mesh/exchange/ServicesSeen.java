package dev.mayfly.mesh.exchange;

import java.util.List;

/**
 * All services that an agent sees now.
 *
 * @param flows of them, each once
 * @param unrouted connections that no probe of ours shares a path with
 * @param missed events of services that the agent did not see, because they came too fast
 * @param portsMissing source ports of services that the agent was asked for and could not have, so that nothing is probed, or
 *     answered, by them
 */
public record ServicesSeen(List<ServiceFlow> flows, long unrouted, long missed, long portsMissing) {
    public static final ServicesSeen NONE = new ServicesSeen(List.of(), 0, 0, 0);

    /** Those of an agent with the most cards there may be. */
    public static final int MOST = 8192;

    public ServicesSeen {
        flows = List.copyOf(flows);
        if (flows.size() > MOST) {
            throw new IllegalArgumentException("an agent tells of at most " + MOST + " flows of services");
        }
    }

    public ServicesSeen withPortsMissing(long count) {
        return new ServicesSeen(flows, unrouted, missed, count);
    }
}
