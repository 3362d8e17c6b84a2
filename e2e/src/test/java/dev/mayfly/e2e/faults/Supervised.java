package dev.mayfly.e2e.faults;

import dev.mayfly.e2e.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A long-lived command of the program that is started again whenever it ends. */
final class Supervised implements AutoCloseable {
    private final Path home;
    private final Map<String, String> settings;
    private final Path log;
    private final Map<Long, Long> gone;
    private final Thread thread;
    private final String[] words;
    private volatile Optional<Process> process = Optional.empty();
    private volatile boolean closing;
    private int lives;

    /**
     * @param log where what it says is kept
     * @param gone takes for each process number when it was surely gone, in nanoseconds of {@link System#nanoTime}
     */
    Supervised(Path home, Map<String, String> settings, Path log, Map<Long, Long> gone, String... words) {
        this.home = home;
        this.settings = settings;
        this.log = log;
        this.gone = gone;
        this.words = words;
        this.thread = Thread.ofPlatform().name(log.getFileName().toString()).start(this::supervise);
    }

    private void supervise() {
        while (!closing) {
            try {
                Program program = Program.mayfly(home, words);
                settings.forEach(program::with);
                program.with("MAYFLY_METRICS_FILE", log + "." + lives++ + ".json");
                Process started = program.start();
                process = Optional.of(started);
                Thread errors = Thread.ofVirtual().start(() -> keep(started.getErrorStream()));
                keep(started.getInputStream());
                started.waitFor();
                gone.put(started.pid(), System.nanoTime());
                errors.join();
                // One that cannot start tries again, as a supervisor makes it do.
                Thread.sleep(closing ? 0 : 50);
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private void keep(java.io.InputStream said) {
        try (said;
                var out = Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            said.transferTo(out);
        } catch (IOException _) {
            // It was killed.
        }
    }

    /** True when there was somebody to kill. */
    boolean kill9() {
        Optional<Process> now = process.filter(Process::isAlive);
        now.ifPresent(each -> each.toHandle().destroyForcibly());
        return now.isPresent();
    }

    /** Stops it as SIGSTOP does, and lets it go on. */
    boolean pause(long millis) throws IOException, InterruptedException {
        Optional<Process> now = process.filter(Process::isAlive);
        if (now.isEmpty()) {
            return false;
        }
        signal("STOP", now.get().pid());
        try {
            Thread.sleep(millis);
        } finally {
            signal("CONT", now.get().pid());
        }
        return true;
    }

    private static void signal(String name, long pid) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        kill.waitFor();
    }

    /** Ends it in order, so that its last counts are written; by force when that takes long. */
    @Override
    public void close() throws InterruptedException {
        closing = true;
        Optional<Process> last = process;
        if (last.isPresent()) {
            last.get().toHandle().destroy();
            if (!last.get().waitFor(20, TimeUnit.SECONDS)) {
                last.get().toHandle().destroyForcibly();
            }
        }
        thread.interrupt();
        thread.join(TimeUnit.SECONDS.toMillis(10));
    }
}
