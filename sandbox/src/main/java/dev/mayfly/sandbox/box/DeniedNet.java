package dev.mayfly.sandbox.box;

import java.net.InetAddress;
import java.util.Set;

/** Reaches nothing. */
enum DeniedNet implements NetGrant {
    INSTANCE;

    @Override
    public boolean deniesAll() {
        return true;
    }

    @Override
    public boolean permitsName(String host, int port) {
        return false;
    }

    @Override
    public boolean permitsLookup(String host) {
        return false;
    }

    @Override
    public boolean permitsAddress(InetAddress address, int port) {
        return false;
    }

    @Override
    public Set<Integer> loopbackPorts() {
        return Set.of();
    }
}
