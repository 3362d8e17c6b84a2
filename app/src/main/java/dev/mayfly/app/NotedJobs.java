package dev.mayfly.app;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.Prepared;
import dev.mayfly.queue.port.JobRunner;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Notes when each run begins and ends, for those who test whole installations from outside: one line for each, {@code
 * start|end <job> <attempt> <nanoseconds of CLOCK_MONOTONIC> <pid>}.
 *
 * <p>A line is one write(2) to the end of the file. What it took survives the death of this process, and several workers
 * may share the file. What is noted covers the run: a little more before it and after it, never less.
 */
final class NotedJobs implements JobRunner {
    private final JobRunner runner;
    private final Path file;
    private final FileChannel out;

    private NotedJobs(JobRunner runner, Path file, FileChannel out) {
        this.runner = runner;
        this.file = file;
        this.out = out;
    }

    /** Open as long as the process lives. */
    static NotedJobs in(Path file, JobRunner runner) {
        try {
            return new NotedJobs(
                    runner, file, FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        } catch (IOException e) {
            throw cannotWrite(file, e);
        }
    }

    @Override
    public Prepared prepare(byte[] request) {
        return runner.prepare(request);
    }

    @Override
    public Answer run(byte[] request, Attempt attempt) throws InterruptedException {
        note("start", attempt);
        try {
            return runner.run(request, attempt);
        } finally {
            note("end", attempt);
        }
    }

    private void note(String what, Attempt attempt) {
        // The JDK reads CLOCK_MONOTONIC here, which all processes of a machine share.
        String line = what + " " + attempt.job() + " " + attempt.token() + " " + System.nanoTime() + " "
                + ProcessHandle.current().pid() + "\n";
        // An interrupt closes a channel; it belongs to the run and not to this.
        boolean interrupted = Thread.interrupted();
        try {
            out.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw cannotWrite(file, e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static MayflyException cannotWrite(Path file, IOException why) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "cannot write the log of trials " + file,
                String.valueOf(why.getMessage()),
                "choose another trial.log, or leave it out",
                why);
    }

    @Override
    public void requireReady() {
        runner.requireReady();
    }

    @Override
    public Optional<Answer> recall(Attempt attempt) {
        return runner.recall(attempt);
    }
}
