package dev.mayfly.mesh.endpoint;

import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Network;
import java.util.List;

/**
 * Welcomes hosts of some networks, and so many of them at most: whoever forges addresses of these networks can make us keep no
 * more, and send each no more than its limit. Belongs to one thread.
 */
public final class Neighbours implements Newcomers {
    private final List<Network> networks;
    private final int most;
    private int welcomed;

    public Neighbours(List<Network> networks, int most) {
        this.networks = List.copyOf(networks);
        this.most = most;
    }

    @Override
    public boolean welcome(IpAddress source) {
        if (welcomed == most || networks.stream().noneMatch(network -> network.contains(source))) {
            return false;
        }
        welcomed++;
        return true;
    }
}
