package dev.mayfly.bench;

import dev.mayfly.base.digest.Sha256;
import dev.mayfly.bench.env.OpenRuntime;
import dev.mayfly.bench.env.SampleTree;
import dev.mayfly.platform.linux.FileSystemSync;
import dev.mayfly.platform.linux.ProcessorTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/** How fast new content becomes durable, beside what processor and disk could do, and how fast it is seen that nothing is new. */
final class EnvCommits {
    private static final int ROUNDS = 5;
    private static final int PIECE = 1 << 20;
    private static final int SMALL = 4096;
    /** A sync for each file is so slow that a few show it. */
    private static final int SYNCED_SHARE = 20;

    private static final long SEED = 1;

    private interface Rate {
        Took measure(long round) throws IOException, InterruptedException;
    }

    /** @param amount done in the time that is measured, in the unit's own measure */
    private record Measured(
            String id,
            String name,
            String unit,
            double amount,
            Rate rate,
            List<Double> clock,
            List<Double> processor) {}

    private final EnvStage stage;
    private final List<Measured> all = new ArrayList<>();

    EnvCommits(EnvStage stage) {
        this.stage = stage;
    }

    void measure() throws IOException, InterruptedException {
        nothingNew();
        int small = stage.options.small();
        add("mayfly_small", "commit of " + small + " new files of 4 kB, durable", "files/s", small, this::smallFiles);
        add("synced", "anchor: write, fsync and rename for each file", "files/s", synced(), this::syncedFiles);
        add("plain", "anchor: one file of the same bytes, one fsync", "files/s", small, this::onePlainFile);
        add(
                "mayfly_large",
                "commit of a file of " + stage.options.largeMegabytes() + " MB, durable",
                "GB/s",
                gigabytes(),
                this::largeFile);
        add("sha256", "anchor: SHA-256 alone, one core", "GB/s", gigabytes(), this::hashed);
        add("copied", "anchor: a copy with one fsync", "GB/s", gigabytes(), this::copied);
        int rounds = Math.min(ROUNDS, stage.options.runs());
        Random random = new Random(SEED);
        for (int i = 0; i <= rounds; i++) {
            stage.voice.progress("commits, round " + i + " of " + rounds);
            Collections.shuffle(all, random);
            for (Measured each : all) {
                FileSystemSync.sync(stage.folder);
                Took took = each.rate().measure(i);
                if (i > 0) {
                    each.clock().add(each.amount() / took.seconds());
                    each.processor().add(each.amount() / took.processorSeconds());
                }
            }
        }
        all.sort(Comparator.comparing(Measured::unit).reversed().thenComparing(Measured::id));
        for (Measured each : all) {
            stage.readings.add(new Reading(each.id(), each.name(), each.unit(), each.clock()));
            stage.readings.add(new Reading(
                    each.id() + "_processor",
                    "  the same, for each second of a processor",
                    each.unit(),
                    each.processor()));
        }
    }

    private void add(String id, String name, String unit, double amount, Rate rate) {
        all.add(new Measured(id, name, unit, amount, rate, new ArrayList<>(), new ArrayList<>()));
    }

    /** By the clock, and of this process on its processors. */
    private record Took(double seconds, double processorSeconds) {}

    private static Took took(Turns.Step work) throws IOException, InterruptedException {
        long processor = ProcessorTime.nanos();
        long start = System.nanoTime();
        work.run();
        return new Took((System.nanoTime() - start) / 1e9, (ProcessorTime.nanos() - processor) / 1e9);
    }

    private Took smallFiles(long round) throws IOException, InterruptedException {
        Path folder = stage.folder.resolve("small");
        SampleTree.writeSmall(folder, stage.options.small(), 1000 + round);
        Took took = took(() -> stage.farm.commit(folder));
        Trees.remove(folder);
        return took;
    }

    private int synced() {
        return Math.max(1, stage.options.small() / SYNCED_SHARE);
    }

    private Took syncedFiles(long round) throws IOException, InterruptedException {
        Path folder = Files.createDirectories(stage.folder.resolve("synced"));
        int files = synced();
        byte[] content = new byte[SMALL];
        new SplittableRandom(round).nextBytes(content);
        Took took = took(() -> {
            for (int i = 0; i < files; i++) {
                Path file = folder.resolve("new");
                try (FileChannel to = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    write(to, content);
                    to.force(true);
                }
                Files.move(file, folder.resolve("f" + i), StandardCopyOption.ATOMIC_MOVE);
            }
        });
        Trees.remove(folder);
        return took;
    }

    private Took onePlainFile(long round) throws IOException, InterruptedException {
        Path file = stage.folder.resolve("plain");
        byte[] content = new byte[SMALL];
        new SplittableRandom(round).nextBytes(content);
        Took took = took(() -> {
            try (FileChannel to = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (int i = 0; i < stage.options.small(); i++) {
                    write(to, content);
                }
                to.force(true);
            }
        });
        Files.delete(file);
        return took;
    }

    private double gigabytes() {
        return stage.options.largeMegabytes() * (double) PIECE / 1e9;
    }

    private Path large(long round) throws IOException {
        Path folder = Files.createDirectories(stage.folder.resolve("large"));
        SplittableRandom random = new SplittableRandom(round);
        byte[] piece = new byte[PIECE];
        try (FileChannel to =
                FileChannel.open(folder.resolve("large"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < stage.options.largeMegabytes(); i++) {
                random.nextBytes(piece);
                write(to, piece);
            }
            to.force(true);
        }
        return folder;
    }

    private Took largeFile(long round) throws IOException, InterruptedException {
        Path folder = large(round);
        Took took = took(() -> stage.farm.commit(folder));
        Trees.remove(folder);
        return took;
    }

    private Took hashed(long round) throws IOException, InterruptedException {
        byte[] piece = new byte[PIECE];
        new SplittableRandom(round).nextBytes(piece);
        Took took = took(() -> {
            Sha256 sum = Sha256.start();
            for (int i = 0; i < stage.options.largeMegabytes(); i++) {
                sum.update(piece, 0, piece.length);
            }
            sum.digest();
        });
        return took;
    }

    private Took copied(long round) throws IOException, InterruptedException {
        Path folder = large(round);
        Took took = took(() -> {
            try (FileChannel from = FileChannel.open(folder.resolve("large"));
                    FileChannel to = FileChannel.open(
                            folder.resolve("copy"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
                while (from.read(piece.clear()) >= 0) {
                    piece.flip();
                    while (piece.hasRemaining()) {
                        to.write(piece);
                    }
                }
                to.force(true);
            }
        });
        Trees.remove(folder);
        return took;
    }

    private static void write(FileChannel to, byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }

    /** A commit in a runtime of the whole tree in which nothing was changed. */
    private void nothingNew() throws IOException, InterruptedException {
        stage.voice.progress("commits of nothing");
        try (OpenRuntime runtime = OpenRuntime.editable(stage.farm, stage.home, List.of(stage.layer))) {
            Turns turns = new Turns();
            turns.add("mayfly_noop", "commit on the whole tree when nothing was changed", () -> {
                if (stage.farm.changed(runtime.upper(), List.of(stage.layer))) {
                    throw new IllegalStateException("something was changed in a runtime that nobody uses");
                }
            });
            stage.times.addAll(turns.measure(stage.options.runs()));
        }
    }
}
