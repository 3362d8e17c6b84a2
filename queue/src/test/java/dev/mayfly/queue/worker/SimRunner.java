package dev.mayfly.queue.worker;

import dev.mayfly.base.digest.Sha256;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Prepared;
import dev.mayfly.queue.fake.ScriptedRunner;
import dev.mayfly.queue.port.JobRunner;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Runs jobs of a process in simulated time, and reports what runs to the checker. */
record SimRunner(
        String policy,
        SimTasks.Process process,
        SimTasks tasks,
        SimFaults faults,
        SimChecker checker,
        Map<String, Answer> disk)
        implements JobRunner {
    static final Duration LONGEST = Duration.ofSeconds(4);
    private static final Duration PIECE = Duration.ofMillis(400);

    @Override
    public Prepared prepare(byte[] request) {
        String text = new String(request, StandardCharsets.UTF_8);
        String hex = Sha256.start()
                .update(ScriptedRunner.bytes(policy))
                .update(request)
                .digest()
                .hex();
        return new Prepared(new JobId("r_" + hex), !text.startsWith("effectful"), LONGEST, text);
    }

    @Override
    public Answer run(byte[] request, Attempt attempt) throws InterruptedException {
        String text = new String(request, StandardCharsets.UTF_8);
        long latestEnd = checker.now() + LONGEST.toNanos();
        // Building the box takes a while, and may be interrupted by a long sleep of everything.
        tasks.sleep(Duration.ofMillis(50));
        faults.pause(process);
        if (faults.strikes(1) || checker.now() >= latestEnd) {
            throw ScriptedRunner.failure(ErrorCode.SANDBOX_SETUP);
        }
        SimChecker.Execution execution = checker.begins(attempt, process, latestEnd);
        try {
            for (int piece = 0; piece < text.length() % 8 && !execution.isOver(); piece++) {
                tasks.sleep(PIECE);
                faults.pause(process);
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            if (faults.strikes(2)) {
                throw ScriptedRunner.failure(ErrorCode.LAUNCHER_DIED);
            }
            if (faults.strikes(0.5)) {
                throw new IllegalStateException("a bug");
            }
            if (faults.strikes(1)) {
                throw ScriptedRunner.failure(ErrorCode.POLICY_REFUSES);
            }
        } finally {
            execution.end();
        }
        // Another answer for each attempt, so that two that were given for one job would differ.
        Answer answer = ScriptedRunner.green(text + " " + attempt.token());
        faults.pause(process);
        disk.put(attempt.token(), answer);
        faults.pause(process);
        return answer;
    }

    @Override
    public void requireReady() {
        if (faults.strikes(0.5)) {
            throw ScriptedRunner.failure(ErrorCode.STATE_UNAVAILABLE);
        }
    }

    @Override
    public Optional<Answer> recall(Attempt attempt) {
        return Optional.ofNullable(disk.get(attempt.token()));
    }
}
