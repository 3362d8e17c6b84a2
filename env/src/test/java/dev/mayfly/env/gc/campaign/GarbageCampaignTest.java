package dev.mayfly.env.gc.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Keeping;
import dev.mayfly.env.sync.Check;
import dev.mayfly.env.sync.CheckReport;
import dev.mayfly.platform.linux.Libc;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Four processes commit, two push and one collects without any grace, and now and then one is killed. Sizes:
 * {@code -Dmayfly.gc.objects=1000000 -Dmayfly.gc.seconds=120 -Dmayfly.gc.kills=10 -Dmayfly.gc.halts=20 -Dmayfly.gc.seed=N}, on a disk with
 * {@code -Dmayfly.gc.folder=DIR}. Writes what it measured to {@code target/gc-campaign-*.txt}.
 */
class GarbageCampaignTest {
    private static final long OBJECTS = Long.getLong("mayfly.gc.objects", 3_000);
    private static final long SECONDS = Long.getLong("mayfly.gc.seconds", 2);
    private static final int KILLS = Integer.getInteger("mayfly.gc.kills", 2);
    private static final long SEED = Long.getLong("mayfly.gc.seed", 20_261_121);
    private static final List<String> WRITERS =
            List.of("commit-1", "commit-2", "commit-3", "commit-4", "push-1", "push-2");
    private static final String COLLECTOR = "collect-1";

    private static final int HALTS = Integer.getInteger("mayfly.gc.halts", 10);
    private static final Duration PROGRESS_LIMIT = Duration.ofSeconds(60);
    private static final int SIGCONT = 18;
    private static final int SIGSTOP = 19;

    @TempDir(factory = CampaignFolder.class)
    Path folder;

    private final Map<String, Process> running = new HashMap<>();
    private final List<Path> outputs = new ArrayList<>();
    private Path root = Path.of("");
    private Path layers = Path.of("");
    private int started;

    @AfterEach
    void nobodyStays() throws InterruptedException {
        for (Process each : running.values()) {
            each.destroyForcibly().waitFor();
        }
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void nothing_is_lost_while_garbage_is_collected_among_writers_that_are_killed(Keeping keeping) throws Exception {
        Needs.linux();
        long before = System.nanoTime();
        List<Digest> filled = fill(keeping);
        long fillSeconds = seconds(before);
        for (String each : WRITERS) {
            start(each);
        }
        awaitWork();
        Thread.sleep(SECONDS * 1000 / 2);
        long collecting = System.currentTimeMillis();
        start(COLLECTOR);
        stormAndCollect();
        finish();
        Findings found = Findings.of(outputs, COLLECTOR, collecting);
        CheckReport check;
        try (FsRepository repository = FsRepository.open(root)) {
            check = new Check(2, true).run(repository, Check.tagged(repository));
            for (int layer = 0; layer < filled.size(); layer += Wares.TAGGED) {
                assertThat(repository.tags().find(Wares.tag(layer))).isPresent();
            }
        }
        String table = String.format(
                Locale.ROOT,
                "%s: %d objects at first (%d s), load %s, seed %d, %d kills; checked %d objects, %d payloads: %d lost%n%s",
                keeping,
                OBJECTS,
                fillSeconds,
                load(),
                SEED,
                KILLS,
                check.objects(),
                check.payloads(),
                check.faults().size(),
                found);
        report(keeping, table);
        assertThat(check.faults()).as("seed %d", SEED).isEmpty();
        assertThat(found.discarded()).as("it did collect").isPositive();
        assertThat(found.together().commits().size()).isPositive();
    }

    /** However long the collector stands still, and wherever it does: who waited for it would get no further. */
    @ParameterizedTest
    @EnumSource(Keeping.class)
    void writers_go_on_while_who_collects_stands_still(Keeping keeping) throws Exception {
        Needs.linux();
        fill(keeping);
        for (String each : WRITERS) {
            start(each);
        }
        start(COLLECTOR);
        awaitWork();
        int collector = (int) Objects.requireNonNull(running.get(COLLECTOR)).pid();
        Random random = new Random(SEED);
        for (int halt = 0; halt < HALTS; halt++) {
            Thread.sleep(random.nextLong(100));
            assertThat(Libc.kill(collector, SIGSTOP).ok()).isTrue();
            try {
                awaitProgressOf(WRITERS);
            } finally {
                Libc.kill(collector, SIGCONT);
            }
        }
        finish();
        assertThat(collections()).as("it did collect").isPositive();
    }

    /** Until each has done three more things; what had begun before the halt is among them. */
    private void awaitProgressOf(List<String> writers) throws Exception {
        Map<Path, Integer> done = new HashMap<>();
        for (Path each : outputs) {
            if (writers.stream().anyMatch(String.valueOf(each.getFileName())::startsWith)) {
                done.put(each, Files.readAllLines(each).size());
            }
        }
        long end = System.nanoTime() + PROGRESS_LIMIT.toNanos();
        for (Map.Entry<Path, Integer> each : done.entrySet()) {
            while (Files.readAllLines(each.getKey()).size() < each.getValue() + 3) {
                assertThat(System.nanoTime())
                        .as(each.getKey().getFileName() + " waits for who collects. " + errors())
                        .isLessThan(end);
                Thread.sleep(5);
            }
        }
    }

    private List<Digest> fill(Keeping keeping) throws IOException {
        root = folder.resolve("repository");
        FsRepository.init(root, keeping);
        List<Digest> filled;
        try (FsRepository repository = FsRepository.open(root)) {
            filled = Wares.fill(repository, Wares.layersFor(OBJECTS));
        }
        layers = Files.write(
                folder.resolve("layers"), filled.stream().map(Digest::toString).toList());
        return filled;
    }

    private void finish() throws IOException, InterruptedException {
        Files.createFile(Worker.end(root));
        for (Map.Entry<String, Process> each : running.entrySet()) {
            assertThat(each.getValue().waitFor())
                    .as(each.getKey() + ": " + errors())
                    .isZero();
        }
        running.clear();
    }

    private void start(String name) throws IOException {
        Path output = folder.resolve(name + "." + started++);
        outputs.add(output);
        String role = name.substring(0, name.indexOf('-'));
        running.put(name, Worker.start(root, role, name, SEED + started, layers, output));
    }

    /** Until each has done something, however long its process takes to start. */
    private void awaitWork() throws Exception {
        for (Path each : outputs) {
            while (Files.size(each) == 0) {
                assertThat(running.values()).as(errors()).allMatch(Process::isAlive);
                Thread.sleep(20);
            }
        }
    }

    /** Until it has collected twice at least, with some killed on the way: also who collects, in the middle of it. */
    private void stormAndCollect() throws Exception {
        Random random = new Random(SEED);
        long end = System.nanoTime() + SECONDS * 1_000_000_000L;
        int kills = 0;
        while (System.nanoTime() < end || kills < KILLS || collections() < 2) {
            Thread.sleep(random.nextLong(Math.max(1, SECONDS * 500 / (KILLS + 1))) + 50);
            for (Map.Entry<String, Process> each : running.entrySet()) {
                assertThat(each.getValue().isAlive())
                        .as(each.getKey() + ": " + errors())
                        .isTrue();
            }
            if (kills < KILLS) {
                String victim = kills % 3 == 1 ? COLLECTOR : WRITERS.get(random.nextInt(WRITERS.size()));
                Process process = running.get(victim);
                if (process != null) {
                    process.destroyForcibly().waitFor();
                    start(victim);
                    kills++;
                }
            }
        }
    }

    private long collections() throws IOException {
        long count = 0;
        for (Path each : outputs) {
            if (String.valueOf(each.getFileName()).startsWith(COLLECTOR)) {
                count += Files.readAllLines(each).size();
            }
        }
        return count;
    }

    private String errors() throws IOException {
        StringBuilder all = new StringBuilder();
        for (Path each : outputs) {
            all.append(Files.readString(Path.of(each + ".err")));
        }
        return all.toString();
    }

    private static long seconds(long since) {
        return (System.nanoTime() - since) / 1_000_000_000L;
    }

    /** Of the machine, on average over one, five and fifteen minutes. */
    private static String load() throws IOException {
        String[] words = Files.readString(Path.of("/proc/loadavg")).split(" ", -1);
        return String.join(" ", List.of(words).subList(0, 3));
    }

    private static void report(Keeping keeping, String table) throws IOException {
        Path file = Files.createDirectories(Path.of("target")).resolve("gc-campaign-" + keeping.word() + ".txt");
        Files.writeString(file, table + "\n");
        System.err.println(table);
    }
}
