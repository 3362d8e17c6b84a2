package dev.mayfly.env.repo.fs;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.pack.PackFolder;
import dev.mayfly.platform.linux.FileSystemSync;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** A file for each content, as SPFS keeps them. One sync of the file system stands for thousands of single ones. */
final class FileStage implements Stage {
    /** Who shares a repository makes hard links to files of others, for which Linux wants them to be writable. */
    private static final String SHARED = "rw-rw-rw-";

    private record Staged(Path file, Digest digest) {}

    /** What an object says of others. */
    private record Named(boolean isBlob, List<Digest> objects) {}

    private final Path root;
    private final Path folder;
    private final Store store;
    private final Steps steps;
    private final AtomicLong numbers = new AtomicLong();
    private final Queue<Staged> payloads = new ConcurrentLinkedQueue<>();
    private final Queue<Staged> objects = new ConcurrentLinkedQueue<>();
    private final Map<Digest, Named> named = new ConcurrentHashMap<>();

    FileStage(Path root, Path folder, Store store, Steps steps) {
        this.root = root;
        this.folder = folder;
        this.store = store;
        this.steps = steps;
    }

    @Override
    public Spot spot(Kind kind) throws IOException {
        steps.before("stage a file");
        Path file = folder.resolve(kind.letter() + "-" + numbers.incrementAndGet());
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new Spot() {
            @Override
            public FileChannel channel() {
                return channel;
            }

            @Override
            public long start() {
                return 0;
            }

            @Override
            public void keep(Digest digest, long length, int checksum) throws IOException {
                channel.close();
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(SHARED));
                (kind == Kind.PAYLOAD ? payloads : objects).add(new Staged(file, digest));
            }

            @Override
            public void drop() throws IOException {
                channel.close();
                Files.deleteIfExists(file);
            }
        };
    }

    @Override
    public void publish(PackFolder told) throws IOException {
        steps.before("sync contents");
        FileSystemSync.sync(root);
        move(payloads, Kind.PAYLOAD);
        if (!payloads.isEmpty() && !objects.isEmpty()) {
            steps.before("sync names of payloads");
            FileSystemSync.sync(root);
        }
        move(childrenFirst(), Kind.OBJECT);
        steps.before("sync names");
        FileSystemSync.sync(root);
    }

    @Override
    public void names(Digest object, boolean isBlob, List<Digest> objects) {
        named.put(object, new Named(isBlob, objects));
    }

    /** Blobs, and then others, each after those that it names; in whatever order they came. */
    private List<Staged> childrenFirst() {
        Map<Digest, Staged> left = new LinkedHashMap<>();
        List<Staged> order = new ArrayList<>();
        for (Staged each : objects) {
            if (named(each.digest()).isBlob()) {
                order.add(each);
            } else {
                left.put(each.digest(), each);
            }
        }
        Deque<Digest> path = new ArrayDeque<>();
        while (!left.isEmpty()) {
            path.push(left.keySet().iterator().next());
            while (!path.isEmpty()) {
                List<Digest> below = named(path.peek()).objects().stream()
                        .filter(left::containsKey)
                        .toList();
                if (below.isEmpty()) {
                    // Nothing names itself, so whoever was on the way twice has gone the first time.
                    Optional.ofNullable(left.remove(path.pop())).ifPresent(order::add);
                } else {
                    below.forEach(path::push);
                }
            }
        }
        return order;
    }

    private Named named(Digest object) {
        return named.getOrDefault(object, new Named(false, List.of()));
    }

    private void move(Collection<Staged> staged, Kind kind) throws IOException {
        for (Staged each : staged) {
            Path place = store.files(kind).place(each.digest());
            steps.before("publish a file");
            Files.move(each.file(), place, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    @Override
    public void close() {
        // What is left in the folder goes with it.
    }
}
