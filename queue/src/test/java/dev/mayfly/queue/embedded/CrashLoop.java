package dev.mayfly.queue.embedded;

import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.api.Prepared;
import dev.mayfly.queue.contract.EngineTerms;
import dev.mayfly.queue.contract.SampleJobs;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.QueueEngine;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A program that publishes, claims, answers, buries and acknowledges until it is killed. It prints a line after each
 * thing that was acknowledged to it: {@code P job} published, {@code F job fence} claimed, {@code D job fence} answered,
 * {@code A message} acknowledged, {@code X job fence} lost what it owned, which must not happen.
 */
final class CrashLoop {
    /** Short, so that what a dead process held comes again soon. */
    static final EngineTerms TERMS =
            EngineTerms.CALM.withAckWait(Duration.ofMillis(300)).withDuplicateWindow(Duration.ofMillis(500));

    private static final Prepared ANY = new Prepared(SampleJobs.id(0), true, Duration.ofSeconds(1), "loop");

    private final QueueEngine engine;
    private final Epoch me;
    private final Consumer<String> say;

    CrashLoop(QueueEngine engine, String epoch, Consumer<String> say) {
        this.engine = engine;
        this.me = new Epoch(epoch, "home", Long.toString(ProcessHandle.current().pid()));
        this.say = say;
    }

    public static void main(String[] args) throws Exception {
        int seed = Integer.parseInt(args[1]);
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        Consumer<String> say = line -> {
            try {
                out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        EmbeddedHome home = EmbeddedHome.in(Path.of(args[0]), TERMS);
        try (EmbeddedEngine engine = home.start(home.store())) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Random random = new Random(seed * 31L + i);
                boolean publishes = i % 2 == 0;
                int first = (seed * 4 + i) * 1_000_000;
                CrashLoop loop = new CrashLoop(engine, "epoch-" + seed + "-" + i, say);
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        for (int n = 0; ; n++) {
                            if (publishes) {
                                loop.publish(first + n, random);
                            } else {
                                loop.work(random, Duration.ofMillis(200));
                            }
                        }
                    } catch (InterruptedException e) {
                        say.accept("X interrupted");
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private void publish(int job, Random random) throws InterruptedException {
        byte[] body = new byte[random.nextInt(10) == 0 ? 50_000 : 200];
        JobId id = SampleJobs.id(job);
        engine.queue().publish(new Message("run.req.default", id.value(), body));
        say.accept("P " + job);
        if (random.nextInt(4) == 0) {
            engine.queue().publish(new Message("run.req.default", id.value(), body));
        }
        if (engine.queue().depth().waiting() > 50) {
            Thread.sleep(20);
        }
    }

    /** False when no message came. */
    boolean work(Random random, Duration wait) throws InterruptedException {
        Optional<Delivery> next = engine.queue().next(wait);
        if (next.isEmpty()) {
            return false;
        }
        Delivery delivery = next.get();
        JobId id = new JobId(delivery.message().id());
        JobEntry entry = engine.ledger().find(id).orElseGet(() -> JobEntry.queued(prepared(id), Instant.now()));
        if (entry.state() == JobState.DEAD) {
            engine.queue().bury(delivery, Optional.of(id), "loop");
        } else if (entry.state().isFinal()) {
            ack(delivery);
        } else if (entry.owner().filter(CrashLoop::lives).isPresent()) {
            delivery.retry(Duration.ofMillis(20));
        } else {
            claim(delivery, entry, random);
        }
        return true;
    }

    private void claim(Delivery delivery, JobEntry seen, Random random) {
        Optional<JobEntry> claimed = engine.ledger().store(seen.claimed(me, Instant.now()));
        if (claimed.isEmpty()) {
            delivery.retry(Duration.ofMillis(5));
            return;
        }
        JobEntry mine = claimed.get();
        int job = Integer.parseInt(mine.id().value().substring(2), 16);
        say.accept("F " + job + " " + mine.fence());
        int dice = random.nextInt(20);
        if (dice < 2) {
            keep(job, mine, mine.released("once more", Instant.now()));
            delivery.retry(Duration.ZERO);
        } else if (dice == 2) {
            keep(job, mine, mine.ended(JobState.DEAD, SampleJobs.failed(), Instant.now()));
            engine.queue().bury(delivery, Optional.of(mine.id()), "loop");
        } else {
            Answer answer = SampleJobs.graded(mine.fence() + " " + "x".repeat(random.nextInt(20_000)));
            if (random.nextBoolean()) {
                endTogether(job, mine, answer, delivery);
                return;
            }
            if (keep(job, mine, mine.ended(JobState.DONE, answer, Instant.now()))) {
                say.accept("D " + job + " " + mine.fence());
                engine.answers().announce(mine.id(), answer);
            }
            ack(delivery);
        }
    }

    private void endTogether(int job, JobEntry mine, Answer answer, Delivery delivery) {
        Optional<QueueEngine.Ended> ended = engine.end(mine.ended(JobState.DONE, answer, Instant.now()), delivery);
        if (ended.isEmpty()) {
            say.accept("X " + job + " " + mine.fence());
            return;
        }
        say.accept("D " + job + " " + mine.fence());
        if (ended.get().acknowledged()) {
            say.accept("A " + delivery.number());
        }
    }

    private boolean keep(int job, JobEntry mine, JobEntry next) {
        boolean kept = engine.ledger().store(next).isPresent();
        if (!kept) {
            say.accept("X " + job + " " + mine.fence());
        }
        return kept;
    }

    private void ack(Delivery delivery) {
        if (delivery.ack()) {
            say.accept("A " + delivery.number());
        }
    }

    private static boolean lives(Epoch epoch) {
        return ProcessHandle.of(Long.parseLong(epoch.process()))
                .filter(ProcessHandle::isAlive)
                .isPresent();
    }

    private static Prepared prepared(JobId id) {
        return new Prepared(id, ANY.repeatable(), ANY.longest(), ANY.summary());
    }
}
