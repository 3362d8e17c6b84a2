package dev.mayfly.env.service;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/** Whoever knows how specs become views. Asked by many threads at once. */
public interface Environments {
    /** @throws MayflyException when a name in it is unknown, or content is missing */
    Wanted find(String spec);

    /**
     * What a spec stands for at this moment.
     *
     * @param key whatever the view is a function of, in order
     * @param layers from bottom to top
     * @param frontEnd the word of what shows it
     * @param mount mounts it, and throws {@link MayflyException} with what is in the way
     */
    record Wanted(List<Digest> key, List<Digest> layers, String frontEnd, Supplier<Held> mount) {
        public Wanted {
            key = List.copyOf(key);
            layers = List.copyOf(layers);
        }
    }

    /** A mounted view. It stays until this is closed. */
    interface Held extends AutoCloseable {
        Path path();

        @Override
        void close();
    }
}
