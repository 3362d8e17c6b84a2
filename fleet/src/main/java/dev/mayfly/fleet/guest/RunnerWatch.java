package dev.mayfly.fleet.guest;

import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.runner.GuestState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Watches GitHub's runner in a machine: the file that it writes when it is registered, its two processes, and the folder
 * that it makes for the first step of a job. It looks again and again, because a job can be shorter than the time between
 * two questions.
 */
public final class RunnerWatch implements AutoCloseable {
    private static final Duration USUAL = Duration.ofSeconds(1);
    private static final String LISTENER = "Runner.Listener";
    private static final String WORKER = "Runner.Worker";

    /** Files through which a step speaks to the runner (RUNNER_TEMP of a job); made with the first step. */
    private static final String STEPS = "_temp/_runner_file_commands";

    private final Path folder;
    private final Supplier<List<String>> programs;
    private final Log log;
    private final Thread thread;
    private volatile GuestState state = GuestState.OFFLINE;
    private volatile Optional<RunnerFile> file = Optional.empty();
    private volatile boolean open = true;

    /** @param programs of all processes, by path */
    RunnerWatch(Path folder, Supplier<List<String>> programs, Log log) {
        this.folder = Objects.requireNonNull(folder, "folder");
        this.programs = Objects.requireNonNull(programs, "programs");
        this.log = log.named("runner");
        this.thread = Thread.ofVirtual().name("runner-watch").unstarted(() -> {
            try {
                while (open) {
                    look();
                    Thread.sleep(USUAL);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** @param folder of GitHub's runner, there or not yet */
    public static RunnerWatch start(Path folder, Log log) {
        RunnerWatch watch = new RunnerWatch(folder, RunnerWatch::processes, log);
        watch.thread.start();
        return watch;
    }

    private static List<String> processes() {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.map(each -> each.info().command())
                    .flatMap(Optional::stream)
                    .toList();
        }
    }

    /** Looks now. */
    synchronized void look() {
        try {
            // A runner for one job removes its file when it has done it; what it was stays known.
            Optional<RunnerFile> found = RunnerFile.read(folder);
            file = found.isPresent() ? found : file;
        } catch (IOException e) {
            log.debug().cause(e).log("the file of the runner cannot be read");
        }
        List<String> running = programs.get();
        String work = file.map(RunnerFile::work).orElse("_work");
        GuestState now = new RunnerSight(
                        isThere(running, LISTENER),
                        isThere(running, WORKER),
                        Files.isDirectory(folder.resolve(work).resolve(STEPS)))
                .after(state);
        if (now != state) {
            log.info().with("state", now.word()).log("the runner is doing something else");
            state = now;
        }
    }

    private static boolean isThere(List<String> running, String program) {
        return running.stream().anyMatch(each -> each.endsWith("/" + program));
    }

    public GuestState state() {
        return state;
    }

    /** What the runner has written down, also when that is gone by now. */
    public Optional<RunnerFile> file() {
        return file;
    }

    @Override
    public void close() {
        open = false;
        thread.interrupt();
    }
}
