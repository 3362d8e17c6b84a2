package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.api.LimitHit;
import java.util.Set;
import java.util.TreeMap;

/** The open descriptors of one program; new ones take the lowest free number. */
final class DescriptorTable {
    private final TreeMap<Integer, Descriptor> open = new TreeMap<>();
    private final long limit;
    private final Set<LimitHit> limitsHit;
    private int firstMaybeFree;

    DescriptorTable(long limit, Set<LimitHit> limitsHit) {
        // Three streams and two directories are given, not opened; they must not fail to be.
        this.limit = Math.min(Math.max(limit, 5), 1 << 16);
        this.limitsHit = limitsHit;
    }

    int add(Descriptor descriptor) {
        if (open.size() >= limit) {
            limitsHit.add(LimitHit.OPEN_FILES);
            throw new WasiException(Errno.MFILE);
        }
        int fd = firstMaybeFree;
        while (open.containsKey(fd)) {
            fd++;
        }
        firstMaybeFree = fd + 1;
        open.put(fd, descriptor);
        if (descriptor instanceof Descriptor.OpenFile opened) {
            opened.file.opened();
        }
        return fd;
    }

    Descriptor get(int fd) {
        Descriptor found = open.get(fd);
        if (found == null) {
            throw new WasiException(Errno.BADF);
        }
        return found;
    }

    Descriptor.OpenDirectory directory(int fd) {
        if (get(fd) instanceof Descriptor.OpenDirectory directory) {
            return directory;
        }
        throw new WasiException(Errno.NOTDIR);
    }

    /** A regular file; directories and streams answer with the number that a file call gives for them. */
    Descriptor.OpenFile file(int fd, int ifStream) {
        return switch (get(fd)) {
            case Descriptor.OpenFile file -> file;
            case Descriptor.OpenDirectory _ -> throw new WasiException(Errno.ISDIR);
            case Descriptor.Stream _ -> throw new WasiException(ifStream);
        };
    }

    void close(int fd) {
        Descriptor gone = open.remove(fd);
        if (gone == null) {
            throw new WasiException(Errno.BADF);
        }
        firstMaybeFree = Math.min(firstMaybeFree, fd);
        if (gone instanceof Descriptor.OpenFile opened) {
            opened.file.closed();
        }
    }

    void renumber(int from, int to) {
        Descriptor moved = get(from);
        get(to);
        if (from == to) {
            return;
        }
        close(to);
        open.remove(from);
        open.put(to, moved);
        firstMaybeFree = Math.min(firstMaybeFree, from);
    }
}
