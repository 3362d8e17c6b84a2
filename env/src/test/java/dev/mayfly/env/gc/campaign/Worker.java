package dev.mayfly.env.gc.campaign;

import dev.mayfly.env.gc.CollectReport;
import dev.mayfly.env.gc.Collector;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Opening;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * A process of the campaign: {@code ROOT ROLE NAME SEED LAYERS}, where {@code LAYERS} is a file with the digests of the
 * beginning. It works until the file {@code ROOT.end} is there. Each line that it prints is {@code AT MICROS LONGEST BLOCKED}: when
 * something ended, how long it took, and how long the longest of its calls that do not sync. Only in those could it wait for
 * a collector. {@code BLOCKED} is the longest of the same calls without the time in which the thread ran or waited for a
 * processor, as the kernel counts it: what is left is waiting for something, which may be a collector.
 */
final class Worker {
    /** So far ahead of the clock of the files, and with no grace: nothing is ever young. */
    private static final Duration AHEAD = Duration.ofHours(1);

    private static final int FRESH = 10;
    private static final int KNOWN = 10;
    private static final int STREAMS = 40;
    private static final long PAUSE_MILLIS = 5;

    private final FsRepository repository;
    private final String name;
    private final Random random;
    private final List<Digest> layers;
    private final long files;
    private long round;
    private long longest;
    private long blocked;

    private Worker(FsRepository repository, String name, long seed, List<Digest> layers) {
        this.repository = repository;
        this.name = name;
        this.random = new Random(seed);
        this.layers = layers;
        this.files = (long) layers.size() * Wares.FILES;
    }

    static Process start(Path root, String role, String name, long seed, Path layers, Path output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Worker.class.getName(),
                        root.toString(),
                        role,
                        name,
                        Long.toString(seed),
                        layers.toString())
                .redirectError(ProcessBuilder.Redirect.to(new File(output + ".err")))
                .redirectOutput(new File(output.toString()))
                .start();
    }

    static Path end(Path root) {
        return root.resolveSibling(root.getFileName() + ".end");
    }

    public static void main(String... arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        List<Digest> layers = Files.readAllLines(Path.of(arguments[4])).stream()
                .map(Digest::parse)
                .flatMap(Optional::stream)
                .toList();
        Opening opening = Opening.usual().with(Clock.offset(Clock.systemUTC(), AHEAD));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (FsRepository repository = FsRepository.open(root, opening)) {
            Worker worker = new Worker(repository, arguments[2], Long.parseLong(arguments[3]), layers);
            while (!Files.exists(end(root))) {
                long began = System.nanoTime();
                String more = worker.work(arguments[1]);
                long micros = TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - began);
                out.println(System.currentTimeMillis() + " " + micros + " " + worker.longest / 1000 + " "
                        + worker.blocked / 1000 + more);
                Thread.sleep(worker.random.nextLong(PAUSE_MILLIS));
            }
        }
    }

    private String work(String role) throws IOException {
        round++;
        longest = 0;
        blocked = 0;
        switch (role) {
            case "commit" -> commit();
            case "push" -> push();
            case "collect" -> {
                CollectReport report = new Collector(repository, Duration.ZERO, List::of).run();
                return " " + report;
            }
            default -> throw new IllegalArgumentException(role);
        }
        return "";
    }

    /** Contents that are there, that are in the trash or went, and that nobody has seen; and one tag less. */
    private void commit() throws IOException {
        long[] numbers = new long[FRESH + KNOWN];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i < FRESH ? files + random.nextLong(1L << 40) : random.nextLong(files);
        }
        TagName tag = TagName.parse(name + "/" + round % STREAMS);
        try (Ingest ingest = call(repository::ingest)) {
            Digest layer = Wares.layer(ingest, this::call, numbers);
            ingest.publish();
            repository.tags().push(tag, layer, Wares.USER);
        }
        List<Tag> history = repository.tags().history(tag);
        if (history.size() > 2) {
            repository.tags().remove(history.getLast());
        }
    }

    private <T> T call(Wares.Call<T> call) throws IOException {
        long began = System.nanoTime();
        long busy = busy();
        T result = call.run();
        long nanos = System.nanoTime() - began;
        longest = Math.max(longest, nanos);
        blocked = Math.max(blocked, nanos - (busy() - busy));
        return result;
    }

    /** Nanoseconds in which this thread has run or waited for a processor (proc_pid_schedstat); to a tick of the kernel. */
    private static long busy() throws IOException {
        String[] words =
                Files.readString(Path.of("/proc/thread-self/schedstat")).split(" ", -1);
        return Long.parseLong(words[0]) + Long.parseLong(words[1]);
    }

    /** Names what nothing names, when it is still there. */
    private void push() throws IOException {
        int number = random.nextInt(layers.size());
        try (Ingest ingest = call(repository::ingest)) {
            if (call(() -> ingest.keepsObject(layers.get(number)))) {
                repository.tags().push(TagName.parse(name + "/" + number), layers.get(number), Wares.USER);
            }
        }
    }
}
