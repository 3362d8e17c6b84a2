package dev.mayfly.env.repo.fs;

import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.pack.Pack;
import dev.mayfly.env.pack.PackFolder;
import dev.mayfly.env.pack.PackWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * Packs, one for objects and one for each thread that writes payloads at the same time. What a thread writes goes to the end of its
 * pack, so large content is read once and written once though its digest is known only at its end.
 */
final class PackStage implements Stage {
    /** A pack takes nothing more from this size on. Large packs are few devices for an image, small ones are soon rewritten. */
    private static final long FULL = 512L << 20;

    private static final int DIGITS = 14;
    private static final String TIME = "%0" + DIGITS + "x";

    private final Path folder;
    private final Path packs;
    private final Optional<String> newest;
    private final Clock clock;
    private final IdSource ids;
    private final Steps steps;
    /** All objects go to one pack, so that they come into use at once: none is ever there without those that it names. */
    private final Semaphore object = new Semaphore(1);

    private final Map<Kind, Deque<PackWriter>> idle = new EnumMap<>(Kind.class);
    private final Map<Kind, List<PackWriter>> all = new EnumMap<>(Kind.class);

    /** @param newest id of a pack that is there already */
    PackStage(Path folder, Path packs, Optional<String> newest, Clock clock, IdSource ids, Steps steps) {
        this.folder = folder;
        this.packs = packs;
        this.newest = newest;
        this.clock = clock;
        this.ids = ids;
        this.steps = steps;
        for (Kind each : Kind.values()) {
            idle.put(each, new ArrayDeque<>());
            all.put(each, new ArrayList<>());
        }
    }

    @Override
    public Spot spot(Kind kind) throws IOException {
        PackWriter writer = awaited(kind);
        return new Spot() {
            @Override
            public FileChannel channel() {
                return writer.channel();
            }

            @Override
            public long start() {
                return writer.next(kind);
            }

            @Override
            public void keep(Digest digest, long length, int checksum) {
                writer.keep(kind, digest, length, checksum);
                drop();
            }

            @Override
            public void drop() {
                back(kind, writer);
            }
        };
    }

    private PackWriter awaited(Kind kind) throws IOException {
        boolean given = false;
        if (kind == Kind.OBJECT) {
            object.acquireUninterruptibly();
        }
        try {
            PackWriter writer = writer(kind);
            given = true;
            return writer;
        } finally {
            if (!given && kind == Kind.OBJECT) {
                object.release();
            }
        }
    }

    private synchronized PackWriter writer(Kind kind) throws IOException {
        Deque<PackWriter> waiting = idle.getOrDefault(kind, new ArrayDeque<>());
        if (!waiting.isEmpty()) {
            return waiting.pop();
        }
        steps.before("begin a pack");
        List<PackWriter> begun = all.getOrDefault(kind, new ArrayList<>());
        PackWriter writer = PackWriter.create(folder.resolve(kind.letter() + "-" + begun.size()));
        begun.add(writer);
        return writer;
    }

    private void back(Kind kind, PackWriter writer) {
        synchronized (this) {
            if (kind == Kind.OBJECT || writer.bytes() < FULL) {
                idle.getOrDefault(kind, new ArrayDeque<>()).push(writer);
            }
        }
        if (kind == Kind.OBJECT) {
            object.release();
        }
    }

    @Override
    public synchronized void publish(PackFolder told) throws IOException {
        publish(all.getOrDefault(Kind.PAYLOAD, List.of()), told);
        publish(all.getOrDefault(Kind.OBJECT, List.of()), told);
        // Also when nothing is new: what was found there may have been published by somebody who has not synced yet.
        steps.before("sync names of packs");
        DurableFile.syncDirectory(packs);
    }

    private void publish(List<PackWriter> writers, PackFolder told) throws IOException {
        List<Path> indexes = new ArrayList<>();
        List<PackWriter> filled =
                writers.stream().filter(each -> !each.entries().isEmpty()).toList();
        for (PackWriter each : filled) {
            steps.before("sync a pack");
            indexes.add(writeIndex(each));
        }
        for (int i = 0; i < filled.size(); i++) {
            String id = id();
            steps.before("move a pack");
            Files.move(filled.get(i).file(), packs.resolve(id + Pack.DATA), StandardCopyOption.ATOMIC_MOVE);
            steps.before("publish a pack");
            Files.move(indexes.get(i), packs.resolve(id + Pack.INDEX), StandardCopyOption.ATOMIC_MOVE);
            told.came(packs, id);
        }
        if (!filled.isEmpty()) {
            steps.before("sync names of published packs");
            DurableFile.syncDirectory(packs);
        }
    }

    private static Path writeIndex(PackWriter writer) throws IOException {
        ByteBuffer index = writer.finish();
        Path file = writer.file().resolveSibling(writer.file().getFileName() + Pack.INDEX);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (index.hasRemaining()) {
                channel.write(index);
            }
            channel.force(false);
        }
        return file;
    }

    /** Sorts behind all that were there, also when the clock was set back: what replaces something damaged is found first. */
    private String id() {
        long micros = ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
        long after = newest.map(PackStage::micros).orElse(0L);
        return String.format(Locale.ROOT, TIME + "-%s", Math.max(micros, after + 1), ids.next());
    }

    private static long micros(String id) {
        try {
            return Long.parseLong(id.substring(0, Math.min(id.length(), DIGITS)), 16);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    @Override
    public synchronized void close() throws IOException {
        for (List<PackWriter> writers : all.values()) {
            for (PackWriter each : writers) {
                each.close();
            }
        }
    }
}
