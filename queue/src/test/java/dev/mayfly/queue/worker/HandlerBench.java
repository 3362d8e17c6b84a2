package dev.mayfly.queue.worker;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.log.Log;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.fake.MemoryEngine;
import dev.mayfly.queue.fake.ScriptedRunner;
import dev.mayfly.queue.port.Answers;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.JobLedger;
import dev.mayfly.queue.port.QueueEngine;
import dev.mayfly.queue.port.WorkQueue;
import dev.mayfly.testkit.FakeTime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** One handler with everything around it in memory, and calls of the ledger that can be made to fail. */
final class HandlerBench {
    /** What befalls a call of {@code store}. */
    enum Trouble {
        NONE,
        BEFORE,
        AFTER
    }

    static final Epoch ME = new Epoch("me", "home", "1");
    static final Epoch OTHER = new Epoch("other", "elsewhere", "2");
    static final WorkerSettings SETTINGS = WorkerSettings.of(1);

    final FakeTime time = FakeTime.standing();
    final MemoryEngine engine = new MemoryEngine(time, SETTINGS.ackWait(), Duration.ofMinutes(2));
    final ScriptedRunner runner = new ScriptedRunner("policy");
    final CountingEvents events = new CountingEvents();
    final Deque<Trouble> stores = new ArrayDeque<>();
    final Set<String> gone = new HashSet<>();
    final Heart heart;
    final JobHandler handler;

    HandlerBench() {
        this(SETTINGS, false);
    }

    HandlerBench(WorkerSettings settings, boolean skipAckOnce) {
        QueueEngine seen = new SeenEngine(engine, troubled(engine.ledger()));
        Trials trials =
                new Trials(Duration.ZERO, Duration.ZERO, Duration.ZERO, skipAckOnce, RandomGenerator.getDefault());
        Worker.Parts parts = new Worker.Parts(
                ME,
                seen,
                runner,
                epoch -> gone.contains(epoch.id()),
                events,
                settings,
                trials,
                time.clock(),
                time,
                Log.off());
        heart = new Heart(ME, engine.ledger(), time, settings, Log.off());
        Owners owners = new Owners(ME, engine.ledger(), parts.obituary(), time, settings);
        handler = new JobHandler(
                parts,
                owners,
                heart,
                new Gate(events, Log.off()),
                new Teller(parts.engine(), parts.events(), parts.trials(), parts.clock(), parts.log()),
                time::advance);
        heart.beat();
    }

    private record SeenEngine(MemoryEngine real, JobLedger ledger) implements QueueEngine {
        @Override
        public WorkQueue queue() {
            return real.queue();
        }

        @Override
        public Answers answers() {
            return real.answers();
        }

        @Override
        public void close() {}
    }

    private JobLedger troubled(JobLedger real) {
        return (JobLedger) Proxy.newProxyInstance(
                HandlerBench.class.getClassLoader(), new Class<?>[] {JobLedger.class}, (_, method, arguments) -> {
                    Trouble trouble =
                            method.getName().equals("store") && !stores.isEmpty() ? stores.removeFirst() : Trouble.NONE;
                    if (trouble == Trouble.BEFORE) {
                        throw ScriptedRunner.failure(ErrorCode.QUEUE_UNREACHABLE);
                    }
                    Object value;
                    try {
                        value = method.invoke(real, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                    if (trouble == Trouble.AFTER) {
                        throw ScriptedRunner.failure(ErrorCode.QUEUE_UNREACHABLE);
                    }
                    return value;
                });
    }

    Instant now() {
        return time.clock().instant();
    }

    JobId id(String request) {
        return runner.id(request);
    }

    JobEntry row(String request) {
        return engine.ledger().find(id(request)).orElseThrow();
    }

    Optional<Answer> answer(String request) {
        return engine.ledger().find(id(request)).flatMap(JobEntry::answer);
    }

    JobEntry store(JobEntry entry) {
        return engine.ledger().store(entry).orElseThrow();
    }

    JobEntry queued(String request) {
        return JobEntry.queued(runner.prepare(ScriptedRunner.bytes(request)), now());
    }

    void publish(String request, String id) {
        engine.queue().publish(new Message("run.req.default", id, ScriptedRunner.bytes(request)));
    }

    Delivery next() throws InterruptedException {
        return engine.queue().next(Duration.ZERO).orElseThrow();
    }

    /** Publishes as our client does, and handles the next delivery. */
    void send(String request) throws InterruptedException {
        publish(request, id(request).value());
        handler.handle(next());
    }

    /** Lets time pass until the next delivery is due, beating as a heart does, and handles it. */
    void again(Duration after) throws InterruptedException {
        time.advance(after);
        heart.beat();
        handler.handle(next());
    }

    boolean lineIsEmpty() {
        return engine.queue().inLine().isEmpty();
    }
}
