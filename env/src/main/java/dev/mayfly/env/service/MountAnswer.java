package dev.mayfly.env.service;

import dev.mayfly.env.object.Digest;
import java.nio.file.Path;
import java.util.List;

/**
 * A view that was mounted for a process.
 *
 * @param path its root, read-only, to be bound before the process ends
 * @param cached whether the service had it mounted before
 * @param layers from bottom to top
 */
public record MountAnswer(String runtimeName, Path path, String frontEnd, boolean cached, List<Digest> layers) {
    public MountAnswer {
        layers = List.copyOf(layers);
    }
}
