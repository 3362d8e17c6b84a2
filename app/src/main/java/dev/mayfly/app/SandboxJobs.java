package dev.mayfly.app;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Prepared;
import dev.mayfly.queue.port.JobRunner;
import dev.mayfly.sandbox.run.NamedRun;
import dev.mayfly.sandbox.run.RunOptions;
import dev.mayfly.sandbox.run.RunOutcome;
import dev.mayfly.sandbox.run.SandboxRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Jobs of the queue are runs of the sandbox; the ledger of runs is the journal that survives a worker. */
final class SandboxJobs implements JobRunner {
    /** Building the box and bringing its files back come on top of the wall limit, which is that of the command. */
    private static final Duration AROUND_A_RUN = Duration.ofSeconds(15);

    /** Less than this and a result may not find room: a ledger row, its log, a case in quarantine. */
    private static final long LEAST_ROOM_BYTES = 32L << 20;

    private final SandboxRunner runner;
    private final Runs runs;
    private final Runnable sandboxCheck;
    private final RunOptions options;
    private final Path home;
    private final Duration slotWait;

    /**
     * @param runs the same runner, counted
     * @param sandboxCheck throws when no command could run
     * @param options for every job
     * @param slotWait how long a run may wait for a slot that somebody else has
     */
    SandboxJobs(
            SandboxRunner runner, Runs runs, Runnable sandboxCheck, RunOptions options, Path home, Duration slotWait) {
        this.runner = runner;
        this.runs = runs;
        this.sandboxCheck = sandboxCheck;
        this.options = options;
        this.home = home;
        this.slotWait = slotWait;
    }

    @Override
    public Prepared prepare(byte[] request) {
        NamedRun named = runner.name(request, options);
        return new Prepared(
                new JobId(named.runId()),
                named.leavesNoTrace(),
                named.wall().plus(AROUND_A_RUN).plus(slotWait),
                named.command());
    }

    @Override
    public Answer run(byte[] request, Attempt attempt) throws InterruptedException {
        return answer(runs.run(request, options.withMark(attempt.token())));
    }

    @Override
    public void requireReady() {
        requireRoom(home);
        sandboxCheck.run();
    }

    /** @throws MayflyException {@code STATE_UNAVAILABLE} when results may not find room */
    static void requireRoom(Path home) {
        // One statvfs(2), and 0 when it fails; a FileStore would read the table of mounts before each run.
        long room = home.toFile().getUsableSpace();
        if (room < LEAST_ROOM_BYTES) {
            throw noRoom(
                    home,
                    (room >> 20) + " MiB are free, " + (LEAST_ROOM_BYTES >> 20) + " MiB are needed to keep results");
        }
    }

    private static MayflyException noRoom(Path home, String why) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "there is too little room in " + home,
                why,
                "make room there, or choose another --home; jobs wait in the queue meanwhile");
    }

    @Override
    public Optional<Answer> recall(Attempt attempt) {
        return runner.recall(attempt.token()).map(SandboxJobs::answer);
    }

    private static Answer answer(RunOutcome outcome) {
        String verdict = outcome.result().get("verdict").orElse(new JsonString("")) instanceof JsonString(String word)
                ? word
                : "";
        return new Answer.Graded(verdict, outcome.exitCode().number(), JsonWriter.compact(outcome.result()));
    }
}
