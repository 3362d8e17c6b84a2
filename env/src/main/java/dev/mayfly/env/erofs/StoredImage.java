package dev.mayfly.env.erofs;

import java.nio.file.Path;
import java.util.List;

/** An image on disk that was found whole, with the devices to mount it with, in their order. */
record StoredImage(Path file, List<Device> devices) {
    StoredImage {
        devices = List.copyOf(devices);
    }
}
