package dev.mayfly.env.runtime;

import dev.mayfly.env.runtime.RunRequest.Command;
import dev.mayfly.platform.EnterBinary;
import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A home, a view as a plain folder and a place to show it, all in one folder of a test. */
public final class Stage {
    public final Path home;
    public final Path view;
    public final Path target;
    public final Runtimes runtimes;

    public Stage(Path folder) throws IOException {
        Needs.linux();
        Needs.root();
        LauncherBinary enter = EnterBinary.locate();
        Needs.that(enter instanceof LauncherBinary.Found, "mayfly-enter", "it was not built: no C compiler");
        Path real = folder.toRealPath();
        home = real.resolve("home");
        view = Files.createDirectories(real.resolve("view"));
        target = Files.createDirectories(real.resolve("spfs"));
        runtimes = Runtimes.at(home, enter, InstantSource.system());
    }

    public static Editing memory() {
        return new Editing.InMemory(64 << 20, 100_000);
    }

    public RunRequest request(String id, Editing editing, String... words) {
        return new RunRequest(
                new RuntimeId(id),
                List.of(),
                List.of(),
                "folder",
                view,
                target,
                editing,
                List.of(),
                false,
                command(words));
    }

    public Command command(String... words) {
        return new Command(
                Arrays.asList(words), Map.of("PATH", "/usr/bin:/bin"), Path.of("/"), Identity.own(), true, false);
    }

    /** With {@code $T} for where the view is shown. */
    public RunRequest shell(String id, Editing editing, String script) {
        return request(id, editing, "/bin/sh", "-c", "T=" + target + "; " + script);
    }

    public Path record(String id) {
        return home.resolve("env/runtimes").resolve(id);
    }

    /** Everything that a command said, and its end. */
    public record Said(String out, String err, Ending ending) {
        public int status() {
            return ending instanceof Ending.Exited exited ? exited.status() : -1;
        }
    }

    public static Said finish(Running running) throws IOException, InterruptedException {
        running.process().getOutputStream().close();
        String out = new String(running.process().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(running.process().getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Said(out, err, running.await());
    }

    public Said run(RunRequest request) throws IOException, InterruptedException {
        return finish(runtimes.run(request, Streams.piped()));
    }

    /** Waits until a runtime has been taken down by its keeper. */
    public void awaitEnd(String id) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (Files.exists(record(id))) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(record(id) + " is still there");
            }
            Thread.sleep(5);
        }
    }

    public void awaitKeeperEnd(Keeper keeper) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (keeper.isAlive()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the keeper is still there: " + keeper);
            }
            Thread.sleep(5);
        }
    }
}
