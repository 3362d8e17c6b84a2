package dev.mayfly.mesh.endpoint;

import dev.mayfly.mesh.wire.IpAddress;

/** Decides whether a host that nobody has announced becomes a peer by its first probe. */
@FunctionalInterface
public interface Newcomers {
    Newcomers NOBODY = source -> false;

    /** Asked once for each host that is welcome, and for each probe of one that is not. */
    boolean welcome(IpAddress source);
}
