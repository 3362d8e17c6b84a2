package dev.mayfly.queue.fake;

import dev.mayfly.base.digest.Sha256;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Prepared;
import dev.mayfly.queue.port.JobRunner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A request is a text: one that begins with {@code effectful} is not repeatable, {@code malformed} is none. Its run does
 * what the script says, and is green by itself.
 */
public final class ScriptedRunner implements JobRunner {
    /** What a run does. */
    @FunctionalInterface
    public interface Script {
        Answer run(String request, Attempt attempt) throws InterruptedException;
    }

    public static final Duration LONGEST = Duration.ofSeconds(20);

    private final String policy;
    private final Map<String, Answer> kept = new HashMap<>();
    private final List<Attempt> runs = new CopyOnWriteArrayList<>();
    private final AtomicReference<Script> script =
            new AtomicReference<>((request, attempt) -> green(request + " " + attempt.fence()));
    private final AtomicReference<Runnable> readiness = new AtomicReference<>(() -> {});

    public ScriptedRunner(String policy) {
        this.policy = policy;
    }

    public static Answer green(String result) {
        return new Answer.Graded("green", 0, result);
    }

    public static MayflyException failure(ErrorCode code) {
        return new MayflyException(code, "it does not work", "because of a test", "nothing");
    }

    public static byte[] bytes(String request) {
        return request.getBytes(StandardCharsets.UTF_8);
    }

    public void does(Script next) {
        script.set(next);
    }

    /** What {@link #requireReady} does. */
    public void readiness(Runnable next) {
        readiness.set(next);
    }

    /** As if this attempt had left an answer on the disk. */
    public synchronized void keeps(Attempt attempt, Answer answer) {
        kept.put(attempt.token(), answer);
    }

    /** The attempts that ran, in their order. */
    public List<Attempt> runs() {
        return runs;
    }

    public JobId id(String request) {
        return prepare(bytes(request)).id();
    }

    @Override
    public Prepared prepare(byte[] request) {
        String text = new String(request, StandardCharsets.UTF_8);
        if (text.startsWith("malformed")) {
            throw failure(ErrorCode.REQUEST_INVALID);
        }
        String hex = Sha256.start()
                .update(bytes(policy))
                .update(new byte[] {'\n'})
                .update(request)
                .digest()
                .hex();
        return new Prepared(new JobId("r_" + hex), !text.startsWith("effectful"), LONGEST, text);
    }

    @Override
    public Answer run(byte[] request, Attempt attempt) throws InterruptedException {
        runs.add(attempt);
        Answer answer = script.get().run(new String(request, StandardCharsets.UTF_8), attempt);
        keeps(attempt, answer);
        return answer;
    }

    @Override
    public void requireReady() {
        readiness.get().run();
    }

    @Override
    public synchronized Optional<Answer> recall(Attempt attempt) {
        return Optional.ofNullable(kept.get(attempt.token()));
    }
}
