package dev.mayfly.queue.worker;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.client.JobClient;
import dev.mayfly.queue.fake.MemoryEngine;
import dev.mayfly.queue.fake.ScriptedRunner;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.WorkerEvents;
import dev.mayfly.queue.protocol.Backoff;
import dev.mayfly.testkit.FakeTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Three workers with two slots each, clients, and every fault there is at every step of the protocol: the real handler,
 * heart and client against an engine in memory. After the faults everything must come to its end.
 */
final class Simulation {
    private static final int WORKERS = 3;
    private static final int SLOTS = 2;
    private static final int MOST_STEPS = 60_000;
    private static final int STEPS_WITH_FAULTS = 2_500;

    static final WorkerSettings SETTINGS = new WorkerSettings(
            SLOTS,
            4,
            new Backoff(List.of(Duration.ofMillis(500), Duration.ofSeconds(2))),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3),
            Duration.ofSeconds(1),
            true);

    private final RandomGenerator random;
    private final FakeTime time = FakeTime.standing();
    private final SimTasks tasks;
    private final SimFaults faults;
    private final SimChecker checker;
    private final MemoryEngine engine;
    private final boolean policiesDiffer;
    private final boolean proofOfDeath;
    private final boolean together;
    private final Set<JobId> submitted = new HashSet<>();
    private final Map<String, SimTasks.Process> epochs = new HashMap<>();
    private int clientsLeft;
    private int lives;

    Simulation(long seed) {
        random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        tasks = new SimTasks(time, random);
        faults = new SimFaults(tasks, time, random, List.of(0.0, 0.01, 0.04).get(random.nextInt(3)));
        checker = new SimChecker(time);
        engine = new MemoryEngine(time, SETTINGS.ackWait(), Duration.ofSeconds(2));
        engine.ledger().watch(checker::changed);
        engine.answers().watch(checker::told);
        policiesDiffer = random.nextInt(4) == 0;
        proofOfDeath = random.nextBoolean();
        together = random.nextBoolean();
    }

    /** @throws Throwable whatever did not hold */
    void run() throws Throwable {
        for (int home = 0; home < WORKERS; home++) {
            startHome("home-" + home, policiesDiffer && home > 0 ? "other" : "policy");
        }
        for (int number = 0; number < 4; number++) {
            clientsLeft++;
            startClient((random.nextInt(3) == 0 ? "effectful " : "pure ") + "x".repeat(random.nextInt(8)) + number);
        }
        try {
            settle(STEPS_WITH_FAULTS);
            faults.resume();
            requeueAll();
            settle(STEPS_WITH_FAULTS / 2);
        } finally {
            tasks.end();
        }
    }

    /** Moves until nothing is open any more; after so many steps there are no more faults. */
    private void settle(int stepsWithFaults) throws Throwable {
        for (int step = 0; step < MOST_STEPS; step++) {
            if (step >= stepsWithFaults) {
                faults.stop();
            }
            if (step % 50 == 0 && isSettled()) {
                requireAnswers();
                return;
            }
            tasks.move();
        }
        throw new AssertionError("not at its end after many steps: clients " + clientsLeft + ", in line "
                + engine.queue().inLine() + ", ledger " + open());
    }

    private boolean isSettled() {
        return clientsLeft == 0 && engine.queue().inLine().isEmpty() && open().isEmpty();
    }

    /**
     * Rows without an answer. Where workers have different policies, one of them may have begun a job under an id of its
     * own before another answered the message under the promised id; nobody waits for such a row.
     */
    private List<JobEntry> open() {
        return engine.ledger().all().stream()
                .filter(row -> !row.state().isFinal())
                .filter(row -> !policiesDiffer || submitted.contains(row.id()))
                .toList();
    }

    private void requireAnswers() {
        Set<JobId> letters = new HashSet<>();
        engine.queue()
                .deadLetters(Integer.MAX_VALUE)
                .forEach(letter -> letter.job().ifPresent(letters::add));
        for (JobId job : submitted) {
            JobEntry row = engine.ledger().find(job).orElseThrow();
            Answer answer = row.answer().orElseThrow();
            if (row.state().leavesLetter() && !policiesDiffer && !letters.contains(job)) {
                throw new AssertionError("no letter for " + row);
            }
            if (!row.state().leavesLetter() && !engine.answers().under(job).contains(answer)) {
                // A cancel whose word was lost is told to nobody when its message was gone before; the ledger has it.
                if (row.state() != JobState.CANCELLED) {
                    throw new AssertionError("nobody was told of " + row);
                }
            }
        }
    }

    /** One home after the other life: a process, killed and started again as faults will. */
    private void startHome(String home, String policy) {
        Map<String, Answer> disk = new HashMap<>();
        tasks.start(new SimTasks.Process("init of " + home), () -> {
            while (true) {
                SimTasks.Process process = new SimTasks.Process(home + " life " + ++lives);
                Life life = new Life(process, home, policy, disk);
                epochs.put(life.me.id(), process);
                life.start();
                while (!process.dead()) {
                    tasks.sleep(Duration.ofMillis(300));
                    if (faults.strikes(0.5)) {
                        life.heart.stopRuns();
                    }
                    if (life.slotsLeft == 0) {
                        process.kill();
                    }
                }
                tasks.sleep(Duration.ofMillis(random.nextInt(8_000)));
            }
        });
    }

    /** One life of a worker. */
    private final class Life {
        private final Epoch me;
        private final SimTasks.Process process;
        private final String home;
        private final SimEngine seen;
        private final Heart heart;
        private final JobHandler handler;
        private int slotsLeft = SLOTS;

        Life(SimTasks.Process process, String home, String policy, Map<String, Answer> disk) {
            this.process = process;
            this.home = home;
            this.me = new Epoch(process.toString(), home, "1");
            this.seen = new SimEngine(engine, together, faults, process);
            SimRunner runner = new SimRunner(policy, process, tasks, faults, checker, disk);
            Worker.Parts parts = new Worker.Parts(
                    me,
                    seen,
                    runner,
                    this::isOver,
                    WorkerEvents.none(),
                    SETTINGS,
                    Trials.none(),
                    time.clock(),
                    time,
                    Log.off());
            this.heart = new Heart(me, seen.ledger(), time, SETTINGS, Log.off());
            Owners owners = new Owners(me, seen.ledger(), this::isOver, time, SETTINGS);
            Gate gate = new Gate(WorkerEvents.none(), Log.off());
            this.handler = new JobHandler(
                    parts,
                    owners,
                    heart,
                    gate,
                    new Teller(parts.engine(), parts.events(), parts.trials(), parts.clock(), parts.log()),
                    tasks::sleep);
        }

        /** A home knows of its own lives; of others only where there is proof at all. */
        private boolean isOver(Epoch other) {
            return (proofOfDeath || other.home().equals(home))
                    && Optional.ofNullable(epochs.get(other.id()))
                            .map(SimTasks.Process::dead)
                            .orElse(false);
        }

        void start() {
            for (int slot = 0; slot < SLOTS; slot++) {
                tasks.start(process, this::serve);
            }
            tasks.start(process, () -> {
                while (true) {
                    tasks.sleep(Duration.ofMillis(500));
                    try {
                        heart.tick();
                    } catch (MayflyException _) {
                        // As the heart itself does: tried again.
                    }
                }
            });
        }

        private void serve() throws InterruptedException {
            while (!heart.stopping()) {
                Optional<Delivery> delivery = Optional.empty();
                try {
                    delivery = seen.queue().next(Duration.ZERO);
                    if (delivery.isPresent()) {
                        handler.handle(delivery.get());
                    } else {
                        tasks.sleep(Duration.ofMillis(500));
                    }
                } catch (MayflyException _) {
                    letComeAgain(delivery);
                }
                if (Thread.interrupted()) {
                    throw new AssertionError("an interrupt was left behind");
                }
            }
            slotsLeft--;
        }

        private void letComeAgain(Optional<Delivery> delivery) {
            try {
                delivery.ifPresent(held -> held.retry(SETTINGS.backoff().after(held.count())));
            } catch (MayflyException _) {
                // It comes again by itself.
            }
        }
    }

    /** Somebody who wants an answer, and after a crash or a failure tries again until it was kept. */
    private void startClient(String request) {
        int kind = random.nextInt(6);
        int times = 1 + random.nextInt(3);
        tasks.start(new SimTasks.Process("client of clients"), () -> {
            for (int time = 0; time < times; time++) {
                tasks.sleep(Duration.ofMillis(random.nextInt(6_000)));
                if (kind == 0 && time > 0) {
                    untilDone(client -> cancel(client, request));
                } else if (kind == 1) {
                    // A client of the replaced system: no row of its own, and a name that we do not know.
                    engine.queue()
                            .publish(new Message("run.req.default", "old " + time, ScriptedRunner.bytes(request)));
                } else {
                    untilDone(client -> submitted.add(
                            client.submit(ScriptedRunner.bytes(request)).entry().id()));
                }
            }
            clientsLeft--;
        });
    }

    private void cancel(JobClient client, String request) {
        JobId job = new SimRunner("policy", new SimTasks.Process(""), tasks, faults, checker, Map.of())
                .prepare(ScriptedRunner.bytes(request))
                .id();
        client.cancel(job);
    }

    private interface Wish {
        void ask(JobClient client);
    }

    /** Each try is a process of its own, which may be killed in the middle. */
    private void untilDone(Wish wish) {
        boolean[] done = {false};
        while (!done[0]) {
            SimTasks.Process process = new SimTasks.Process("client");
            boolean[] over = {false};
            tasks.start(process, () -> {
                try {
                    wish.ask(new JobClient(
                            new SimEngine(engine, together, faults, process),
                            new SimRunner("policy", process, tasks, faults, checker, Map.of()),
                            "run.req.default",
                            time.clock()));
                    done[0] = true;
                } catch (MayflyException _) {
                    // Asked again.
                } finally {
                    over[0] = true;
                }
            });
            while (!over[0]) {
                tasks.sleep(Duration.ofMillis(200));
            }
        }
    }

    /** A person puts every letter in line again, and is killed in between like anybody else. */
    private void requeueAll() {
        engine.queue().deadLetters(Integer.MAX_VALUE).forEach(letter -> {
            clientsLeft++;
            tasks.start(new SimTasks.Process("person"), () -> {
                untilDone(client -> {
                    if (engine.queue().deadLetter(letter.number()).isPresent()) {
                        client.requeue(letter.number());
                    }
                });
                clientsLeft--;
            });
        });
    }
}
