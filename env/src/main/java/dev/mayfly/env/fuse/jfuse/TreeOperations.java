package dev.mayfly.env.fuse.jfuse;

import dev.mayfly.base.log.Log;
import dev.mayfly.env.routed.PathTree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.cryptomator.jfuse.api.DirFiller;
import org.cryptomator.jfuse.api.Errno;
import org.cryptomator.jfuse.api.FileInfo;
import org.cryptomator.jfuse.api.FuseOperations;
import org.cryptomator.jfuse.api.Stat;
import org.jspecify.annotations.Nullable;

/** Answers what the library asks out of a tree of paths. Called by many threads of the library. */
final class TreeOperations implements FuseOperations {
    private final PathTree tree;
    private final Errno errno;
    private final IntSupplier caller;
    private final Log log;

    TreeOperations(PathTree tree, Errno errno, IntSupplier caller, Log log) {
        this.tree = tree;
        this.errno = errno;
        this.caller = caller;
        this.log = log;
    }

    @Override
    public Errno errno() {
        return errno;
    }

    @Override
    public Set<Operation> supportedOperations() {
        return EnumSet.of(Operation.GET_ATTR, Operation.READLINK, Operation.READ_DIR, Operation.OPEN, Operation.READ);
    }

    /** A fault of ours is an error for the one who asked and must not reach the library, which would end. */
    private int guarded(String path, Supplier<Integer> answer) {
        try {
            return answer.get();
        } catch (RuntimeException e) {
            log.error().with("path", path).cause(e).log("a question could not be answered");
            return -errno.eio();
        }
    }

    @Override
    public int getattr(String path, Stat stat, @Nullable FileInfo file) {
        return guarded(path, () -> {
            Optional<PathTree.Facts> facts = tree.facts(path, caller.getAsInt());
            if (facts.isEmpty()) {
                return -errno.enoent();
            }
            stat.setMode(facts.get().mode());
            stat.setSize(facts.get().size());
            stat.setNLink((short) 1);
            return 0;
        });
    }

    @Override
    public int readlink(String path, ByteBuffer into, long size) {
        return guarded(path, () -> {
            Optional<String> target = tree.target(path, caller.getAsInt());
            if (target.isEmpty()) {
                return -errno.enoent();
            }
            byte[] bytes = target.get().getBytes(StandardCharsets.UTF_8);
            int most = (int) Math.min(size - 1, bytes.length);
            into.put(bytes, 0, most).put((byte) 0);
            return 0;
        });
    }

    @Override
    public int readdir(String path, DirFiller filler, long offset, FileInfo file, int flags) {
        return guarded(path, () -> {
            try {
                filler.fill(".");
                filler.fill("..");
                for (String name : tree.names(path, caller.getAsInt())) {
                    filler.fill(name);
                }
                return 0;
            } catch (IOException e) {
                return -errno.enomem();
            }
        });
    }

    @Override
    public int open(String path, FileInfo file) {
        return guarded(
                path, () -> file.getOpenFlags().contains(java.nio.file.StandardOpenOption.WRITE) ? -errno.erofs() : 0);
    }

    @Override
    public int read(String path, ByteBuffer into, long size, long offset, FileInfo file) {
        return guarded(path, () -> {
            try {
                return tree.read(path, into, offset);
            } catch (IOException e) {
                log.error()
                        .with("path", path)
                        .with("why", String.valueOf(e.getMessage()))
                        .log("a file cannot be read");
                return -errno.eio();
            }
        });
    }
}
