package dev.mayfly.mesh.service;

import java.util.Optional;

/** Addresses of this host's cards. */
@FunctionalInterface
public interface Gids {
    /** The one with this index, when it is of RoCE version 2; empty when it is of another kind or is not there. */
    Optional<Gid> find(String device, int port, int index);
}
