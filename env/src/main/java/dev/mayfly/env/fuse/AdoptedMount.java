package dev.mayfly.env.fuse;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** Descriptors whose mount is somebody else's. */
final class AdoptedMount implements FuseMount {
    private final Path point;
    private final List<Integer> devices;
    private final AtomicBoolean closed = new AtomicBoolean();

    AdoptedMount(Path point, List<Integer> devices) {
        if (devices.isEmpty()) {
            throw new IllegalArgumentException("a connection has at least one descriptor");
        }
        this.point = point;
        this.devices = List.copyOf(devices);
    }

    @Override
    public Path point() {
        return point;
    }

    @Override
    public List<Integer> devices() {
        return devices;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            try (Arena arena = Arena.ofConfined()) {
                Native calls = new Native(arena);
                devices.forEach(calls::close);
            }
        }
    }
}
