package dev.mayfly.e2e.faults;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.local.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;

/** Publishes, lets the storm blow, waits for calm, publishes some once more, and has it judged. */
final class Campaign implements AutoCloseable {
    /** Longer than the duplicate window that is configured here. */
    private static final long OUTSIDE_WINDOW_NANOS = 1_500_000_000L;

    private static final int SLOTS = 2;
    private static final int REPLAYED = 150;

    /** So many jobs may wait: enough that no worker is idle, few enough that faults meet all of them. */
    private static final int MOST_AHEAD = 200;

    private final String name = "campaign-" + ProcessHandle.current().pid();
    private final Plan plan;
    private final Farm farm;
    private final Path folder;
    private final Path effects;
    private final Map<Long, Long> gone = new ConcurrentHashMap<>();
    private final List<Supervised> workers = new ArrayList<>();
    private final Supervised service;
    private final Gateway gateway;
    private final Storm storm;
    private final Progress progress;
    private final RandomGenerator chance;
    private final List<Job> accepted = new ArrayList<>();
    private final Deque<Later> later = new ArrayDeque<>();
    private final Map<String, Long> counts = new LinkedHashMap<>();
    private final long began = System.nanoTime();
    private volatile boolean published;

    private record Later(Job job, long at) {}

    /** @param folder for logs, policies and effects */
    Campaign(Plan plan, Farm farm, Disk disk, Path folder, Path effects) throws IOException {
        this.plan = plan;
        this.farm = farm;
        this.folder = folder;
        this.effects = effects;
        this.chance = seeded(plan.seed());
        Map<String, String> settings = new HashMap<>(farm.settings());
        settings.putAll(Policies.write(folder.resolve("policies"), effects));
        settings.put("MAYFLY_SLOTS", Integer.toString(SLOTS));
        settings.put("MAYFLY_QUEUE_ACK_WAIT", "500ms");
        settings.put("MAYFLY_QUEUE_LEASE", "2s");
        settings.put("MAYFLY_QUEUE_BACKOFF", "50ms, 200ms");
        settings.put("MAYFLY_QUEUE_MAX_ATTEMPTS", "1000");
        settings.put("MAYFLY_QUEUE_DUPLICATE_WINDOW", "1s");
        settings.put("MAYFLY_TRIAL_LOG", trialLog().toString());
        for (Path home : farm.homes()) {
            Map<String, String> own = new HashMap<>(settings);
            if (workers.isEmpty()) {
                own.put("MAGICRUNE_TEST_SKIP_ACK_ONCE", "1");
            } else {
                own.put("MAGICRUNE_TEST_DELAY_MS_JITTER", "0..=20");
            }
            workers.add(new Supervised(home, own, folder.resolve("worker-" + workers.size() + ".log"), gone, "worker"));
        }
        settings.put("MAYFLY_WORKER", "off");
        this.service = new Supervised(farm.homes().getFirst(), settings, folder.resolve("service.log"), gone, "up");
        this.gateway = new Gateway(farm.homes().getFirst());
        this.progress = new Progress(trialLog());
        this.storm = new Storm(farm, workers, service, disk, seeded(plan.seed() + 1));
    }

    private static RandomGenerator seeded(long seed) {
        return RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    private Path trialLog() {
        return folder.resolve("trial.log");
    }

    /** @return what is wrong with what came of it; nothing when all is well */
    List<String> run() throws Exception {
        List<String> seen;
        long looked;
        Verdict verdict;
        try (BoxWatch watch = BoxWatch.start(name)) {
            Thread blowing = Thread.ofPlatform().name("storm").start(this::blow);
            publishAll();
            blowing.join();
            say("published " + accepted.size() + ", faults " + storm.done());
            awaitCalm();
            say("calm");
            seen = watch.found();
            looked = watch.seen();
        }
        List<Row> ledger = farm.ledger();
        Map<String, String> replies = replay(new Verdict(accepted, ledger, Runs.read(trialLog(), gone), List.of()));
        for (Supervised worker : workers) {
            worker.close();
        }
        Runs runs = Runs.read(trialLog(), gone);
        verdict = new Verdict(accepted, farm.ledger(), runs, Files.readAllLines(effects.resolve("effects.log")));
        List<String> letters = farm.letters();
        verdict.nothingIsLost();
        verdict.everythingEndsAsItShould(Set.copyOf(farm.homes()).size() == 1, storm.kills(), SLOTS);
        verdict.nothingRunsTwiceAtOnce(seen);
        verdict.answersAreTheJobsOwn();
        verdict.effectsHappenOnce();
        verdict.deadLettersDeserveIt(letters);
        verdict.everybodyHearsTheSame(farm.heard());
        replies.forEach((tag, text) -> verdict.replyIs(verdict.byTag().get(tag), text));
        if (looked == 0) {
            verdict.add("the watch saw no job at all");
        }
        if (farm.left() > 0) {
            verdict.add("still in line: " + farm.left());
        }
        count(verdict, runs, letters, replies.size(), looked);
        return verdict.wrong();
    }

    private void blow() {
        try {
            while (storm.kills() < plan.kills() && !enough()) {
                // Faults belong among the jobs: neither all before them nor all after.
                if (!published && storm.kills() * (long) plan.jobs() > progress.runs() * plan.kills()) {
                    Thread.sleep(20);
                } else {
                    storm.blow();
                    Thread.sleep(seeded(storm.kills()).nextInt(400));
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException("the storm broke", e);
        }
    }

    private void publishAll() throws InterruptedException {
        int runnable = 0;
        for (int number = 0; number < plan.jobs() && !enough(); number++) {
            Job job = Job.of(number, chance, effects, name);
            boolean raw = job.kind() == Job.Kind.MALFORMED || chance.nextInt(100) < 40;
            publish(job, raw);
            accepted.add(job);
            if (chance.nextInt(100) < 10) {
                publish(job, true);
                counted("duplicates at once");
            }
            if (chance.nextInt(100) < 5) {
                later.add(new Later(job, System.nanoTime() + OUTSIDE_WINDOW_NANOS));
            }
            publishLater(false);
            runnable += job.kind() == Job.Kind.MALFORMED ? 0 : 1;
            while (runnable - progress.runs() > MOST_AHEAD && !enough()) {
                Thread.sleep(20);
            }
        }
        publishLater(true);
        published = true;
    }

    private void publishLater(boolean all) throws InterruptedException {
        while (!later.isEmpty() && (all || later.peek().at() < System.nanoTime())) {
            long early = later.peek().at() - System.nanoTime();
            if (early > 0) {
                Thread.sleep(early / 1_000_000 + 1);
            }
            publish(later.poll().job(), true);
            counted("duplicates after the window");
        }
    }

    /** Until it is taken: who gets no confirmation sends again. */
    private void publish(Job job, boolean raw) throws InterruptedException {
        while (!over()
                && !(raw ? publishRaw(job) : gateway.submit(job.body(), false).isPresent())) {
            counted("sent again");
            Thread.sleep(50);
        }
    }

    private boolean publishRaw(Job job) {
        try {
            farm.publishRaw(job.body());
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    private boolean over() {
        return System.nanoTime() - began > plan.within().toNanos();
    }

    /** The rest of the time is for what is still in line. */
    private boolean enough() {
        return System.nanoTime() - began > plan.within().toNanos() / 4 * 3;
    }

    private void awaitCalm() throws Exception {
        while (!over()) {
            try {
                if (farm.left() == 0 && farm.ledger().stream().allMatch(Row::isFinal)) {
                    return;
                }
            } catch (IOException | java.sql.SQLException e) {
                say("cannot look: " + e);
            }
            Thread.sleep(500);
        }
    }

    /** Asks for some once more, both ways, and gives what the service says. */
    private Map<String, String> replay(Verdict soFar) throws InterruptedException {
        Map<String, String> replies = new HashMap<>();
        int step = Math.max(1, accepted.size() / REPLAYED);
        for (int i = 0; i < accepted.size(); i += step) {
            Job job = accepted.get(i);
            Row row = soFar.byTag().get(job.tag());
            if (job.kind() == Job.Kind.MALFORMED || row == null || !row.state().equals("done")) {
                continue;
            }
            publishRaw(job);
            if (gateway.submit(job.body(), true).orElse(null) instanceof Reply.Done done) {
                replies.put(job.tag(), JsonWriter.compact(done.result()));
            }
        }
        // The raw ones are answered while the workers still live.
        long end = System.nanoTime() + 20_000_000_000L;
        try {
            while (farm.left() > 0 && System.nanoTime() < end) {
                Thread.sleep(100);
            }
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            say("cannot look: " + e);
        }
        return replies;
    }

    private void counted(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    private void count(Verdict verdict, Runs runs, List<String> letters, int replies, long looked) throws IOException {
        counts.put("jobs", (long) accepted.size());
        storm.done().forEach((what, times) -> counts.put(what, (long) times));
        counts.put("kills", (long) storm.kills());
        counts.put("runs", runs.count());
        counts.put("runs cut short", runs.cutShort());
        counts.put("jobs claimed more than once", verdict.claimedMoreThanOnce());
        counts.put("done", verdict.inState("done"));
        counts.put("indeterminate", verdict.inState("indeterminate"));
        counts.put("dead", verdict.inState("dead"));
        counts.put("dead letters", (long) letters.size());
        counts.put("asked once more at the end", (long) replies);
        counts.put("names heard", (long) farm.heard().size());
        counts.put("processes of jobs seen", looked);
        counts.put("redeliveries (lives that could tell)", metric("redeliveries"));
        counts.put("duplicates answered (lives that could tell)", metric("duplicates"));
        counts.put("seconds", (System.nanoTime() - began) / 1_000_000_000L);
    }

    private long metric(String name) throws IOException {
        long sum = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".json")).toList()) {
                if (JsonReader.read(Files.readAllBytes(file)) instanceof JsonObject all
                        && all.get("queue").orElse(all) instanceof JsonObject queue
                        && queue.get(name).orElse(all) instanceof JsonNumber number) {
                    sum += number.unsignedLong().orElse(0);
                }
            }
        }
        return sum;
    }

    /** The figures, for people. */
    String table() {
        StringBuilder text = new StringBuilder("seed " + plan.seed() + "\n");
        counts.forEach((what, number) -> text.append(String.format("%-46s %8d%n", what, number)));
        return text.toString();
    }

    private void say(String what) {
        System.err.printf("faults: %4d s  %s%n", (System.nanoTime() - began) / 1_000_000_000L, what);
    }

    @Override
    public void close() throws InterruptedException {
        gateway.close();
        for (Supervised worker : workers) {
            worker.close();
        }
        service.close();
    }
}
