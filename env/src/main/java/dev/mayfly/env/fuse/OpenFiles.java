package dev.mayfly.env.fuse;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;

/** The files of payloads that one thread has open, the ones used last; the others are closed. */
final class OpenFiles implements AutoCloseable {
    /** An open file; its descriptor is -1 once it was closed to make room. */
    static final class OpenFile {
        private int fd;

        private OpenFile(int fd) {
            this.fd = fd;
        }

        int fd() {
            return fd;
        }
    }

    private final Native calls;
    private final int most;
    private final LinkedHashMap<Path, OpenFile> files = new LinkedHashMap<>(16, 0.75f, true);

    OpenFiles(Native calls, int most) {
        this.calls = calls;
        this.most = most;
    }

    /** An open file, or one whose descriptor is a negative errno and that is not kept. */
    OpenFile open(Path path) {
        OpenFile there = files.get(path);
        if (there != null) {
            return there;
        }
        int fd;
        try (Arena arena = Arena.ofConfined()) {
            fd = calls.open(arena.allocateFrom(path.toString()), 0);
        }
        OpenFile file = new OpenFile(fd);
        if (fd >= 0) {
            makeRoom();
            files.put(path, file);
        }
        return file;
    }

    private void makeRoom() {
        if (files.size() >= most) {
            Iterator<OpenFile> eldest = files.values().iterator();
            close(eldest.next());
            eldest.remove();
        }
    }

    void forget(Path path) {
        OpenFile file = files.remove(path);
        if (file != null) {
            close(file);
        }
    }

    private void close(OpenFile file) {
        calls.close(file.fd);
        file.fd = -1;
    }

    @Override
    public void close() {
        files.values().forEach(this::close);
        files.clear();
    }
}
