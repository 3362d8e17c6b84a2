package dev.mayfly.env.spec;

import java.nio.file.Path;
import java.util.List;

/**
 * What a file of the API {@code spfs/v0/livelayer} asks for: folders that stay where they are and are mounted over the
 * layers.
 */
public record LiveLayer(Path file, List<BindMount> mounts) {
    public LiveLayer {
        mounts = List.copyOf(mounts);
    }
}
