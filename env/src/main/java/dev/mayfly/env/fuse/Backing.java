package dev.mayfly.env.fuse;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.view.View;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The files that the kernel reads itself, by node (passthrough, since Linux 6.9). What was decided for a node stays: the
 * kernel refuses to open one file in both ways at once. An id keeps its file open until it is given back.
 */
final class Backing implements AutoCloseable {
    private static final int NO = -1;

    private final View view;
    private final Sources sources;
    private final FuseOptions options;
    private final int device;
    private final Log log;
    private final Map<Integer, Integer> ids = new ConcurrentHashMap<>();

    Backing(View view, Sources sources, FuseOptions options, int device, Log log) {
        this.view = view;
        this.sources = sources;
        this.options = options;
        this.device = device;
        this.log = log;
    }

    /** The id of the file behind a node, or a negative number when the server reads it. */
    int of(int node) {
        if (view.size(node) < options.passthroughFrom()) {
            return NO;
        }
        return ids.computeIfAbsent(node, this::register);
    }

    private int register(int node) {
        try {
            Optional<FileRange> range = sources.local(node);
            // A file passes through as a whole or not at all.
            if (range.isEmpty()
                    || range.get().offset() != 0
                    || range.get().length() != view.size(node)
                    || Files.size(range.get().file()) != view.size(node)) {
                return NO;
            }
            return register(range.get());
        } catch (MayflyException | IOException e) {
            return NO;
        }
    }

    private int register(FileRange range) {
        try (Arena arena = Arena.ofConfined()) {
            Native calls = new Native(arena);
            int fd = calls.open(arena.allocateFrom(range.file().toString()), 0);
            if (fd < 0) {
                return NO;
            }
            MemorySegment map = arena.allocate(FuseAbi.BACKING_MAP_SIZE, Long.BYTES);
            map.set(ValueLayout.JAVA_INT, 0, fd);
            int id = calls.ioctl(device, FuseAbi.IOC_BACKING_OPEN, map);
            calls.close(fd);
            if (id <= 0) {
                log.warn().with("errno", -id).log("the kernel does not read payloads itself, so the server does");
                return NO;
            }
            return id;
        }
    }

    @Override
    public void close() {
        try (Arena arena = Arena.ofConfined()) {
            Native calls = new Native(arena);
            MemorySegment word = arena.allocate(ValueLayout.JAVA_INT);
            for (int id : ids.values()) {
                if (id > 0) {
                    word.set(ValueLayout.JAVA_INT, 0, id);
                    calls.ioctl(device, FuseAbi.IOC_BACKING_CLOSE, word);
                }
            }
        }
        ids.clear();
    }
}
