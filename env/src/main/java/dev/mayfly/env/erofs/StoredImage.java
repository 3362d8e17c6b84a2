package dev.mayfly.env.erofs;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An image on disk that was found whole.
 *
 * @param devices to mount it with, in their order
 * @param below the folder that an overlay takes contents from
 */
record StoredImage(Path file, List<Device> devices, Optional<Path> below) {
    StoredImage {
        devices = List.copyOf(devices);
    }
}
