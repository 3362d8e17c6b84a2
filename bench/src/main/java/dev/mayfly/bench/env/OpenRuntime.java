package dev.mayfly.bench.env;

import dev.mayfly.env.erofs.ViewMount;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.runtime.Editing;
import dev.mayfly.env.runtime.Ending;
import dev.mayfly.env.runtime.Identity;
import dev.mayfly.env.runtime.RunRequest;
import dev.mayfly.env.runtime.Running;
import dev.mayfly.env.runtime.RuntimeId;
import dev.mayfly.env.runtime.Runtimes;
import dev.mayfly.env.runtime.Streams;
import dev.mayfly.platform.EnterBinary;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Runtimes of a home, made by this process as a service would. */
public final class OpenRuntime implements AutoCloseable {
    private static final Path NULL = Path.of("/dev/null");
    private static final long ROOM = 1 << 30;
    private static final long INODES = 1 << 20;

    private final Runtimes runtimes;
    private final RuntimeId id;
    private final Running running;
    private final ViewMount view;

    private OpenRuntime(Runtimes runtimes, RuntimeId id, Running running, ViewMount view) {
        this.runtimes = runtimes;
        this.id = id;
        this.running = running;
        this.view = view;
    }

    /** One whose command waits until this is closed. */
    public static OpenRuntime editable(Farm farm, Path home, List<Digest> layers) throws IOException {
        Runtimes runtimes = at(home);
        ViewMount view = farm.mounts().mounted(farm.view(layers), farm.contents());
        try {
            RunRequest request =
                    request(view.path(), target(home), new Editing.InMemory(ROOM, INODES), "sleep", "3600");
            return new OpenRuntime(runtimes, request.id(), runtimes.run(request, quiet()), view);
        } catch (IOException | RuntimeException e) {
            view.close();
            throw e;
        }
    }

    public static Runtimes at(Path home) {
        return Runtimes.at(home, EnterBinary.locate(), Clock.systemUTC());
    }

    /** Runs a command in a view and waits for it. */
    public static void once(Runtimes runtimes, Path view, Path target, String... words) throws InterruptedException {
        Ending ending = runtimes.run(request(view, target, new Editing.None(), words), quiet())
                .await();
        if (!ending.equals(new Ending.Exited(0, java.util.Optional.empty()))) {
            throw new IllegalStateException(words[0] + " in an environment ended with " + ending);
        }
    }

    /** Where commands see their environment. */
    public static Path target(Path home) throws IOException {
        return Files.createDirectories(home.resolveSibling("target"));
    }

    /** Nothing to read, and what is said is thrown away. */
    static Streams quiet() {
        return new Streams(Redirect.from(NULL.toFile()), Redirect.DISCARD, Redirect.DISCARD);
    }

    static RunRequest request(Path view, Path target, Editing editing, String... words) {
        return new RunRequest(
                new RuntimeId("bench-" + UUID.randomUUID()),
                List.of(),
                List.of(),
                "bench",
                view,
                target,
                editing,
                List.of(),
                false,
                new RunRequest.Command(
                        List.of(words), Map.of("PATH", "/usr/bin:/bin"), Path.of("/"), Identity.own(), false, false));
    }

    public Path upper() {
        return runtimes.upper(id).orElseThrow();
    }

    @Override
    public void close() {
        running.process().destroy();
        try {
            running.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        view.close();
    }
}
