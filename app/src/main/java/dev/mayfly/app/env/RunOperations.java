package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.runtime.Editing;
import dev.mayfly.env.runtime.Ending;
import dev.mayfly.env.runtime.Identity;
import dev.mayfly.env.runtime.RunRequest;
import dev.mayfly.env.runtime.Running;
import dev.mayfly.env.runtime.RuntimeId;
import dev.mayfly.env.runtime.RuntimeInfo;
import dev.mayfly.env.runtime.Runtimes;
import dev.mayfly.env.runtime.Streams;
import dev.mayfly.env.spec.Resolved;
import dev.mayfly.platform.linux.Libc;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Runs commands in environments, with this terminal and as this user. */
final class RunOperations {
    /** As many small files as anybody edits in memory; the bytes are the limit that counts. */
    private static final long INODES = 1L << 22;

    private static final int LOOKS = 50;
    private static final long LOOK_AGAIN_NANOS = 5_000_000;

    /** SIGINT, from Ctrl-C. */
    private static final int INTERRUPT = 2;

    private RunOperations() {}

    static int run(HandedWords words, EnvSession session) throws InterruptedException {
        return start(words, session, command(words, "run"));
    }

    static int shell(HandedWords words, EnvSession session) throws InterruptedException {
        return start(words, session, List.of(shell(session)));
    }

    static int join(HandedWords words, EnvSession session) throws InterruptedException {
        RuntimeId id = RuntimeOperations.id(words.argument(0));
        List<String> command = words.arguments().size() > 1 ? command(words, "join") : List.of(shell(session));
        return await(session.runtimes().join(id, described(command, session), Streams.inherited()), session);
    }

    static String shell(EnvSession session) {
        return Optional.ofNullable(session.environment().get("SHELL"))
                .filter(path -> !path.isBlank())
                .orElse("/bin/sh");
    }

    /** What follows the first word, with or without {@code --} between. */
    private static List<String> command(HandedWords words, String verb) {
        List<String> rest = words.arguments().subList(1, words.arguments().size());
        List<String> command = !rest.isEmpty() && rest.getFirst().equals("--") ? rest.subList(1, rest.size()) : rest;
        if (command.isEmpty()) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "which command?",
                    "nothing follows " + words.argument(0),
                    "for example: mayfly env " + verb + " " + words.argument(0) + " -- ls /spfs");
        }
        return command;
    }

    private static int start(HandedWords words, EnvSession session, List<String> command) throws InterruptedException {
        ServiceOperations.startForLater(session);
        Runtimes runtimes = session.runtimes();
        runtimes.sweep().forEach(swept -> session.voice().progress(swept.toString()));
        String spec = words.optional(0).orElse("-");
        try (LazyRun lazily = LazyRun.of(words, session, spec)) {
            Resolved resolved = lazily.library().resolve(spec);
            try (Front shown = Front.show(resolved, lazily, words, session)) {
                RunRequest request = request(words, session, resolved, shown, described(command, session));
                Streams streams = Streams.inherited();
                return await(
                        runsAgain(words, runtimes, request.id())
                                ? runtimes.rerun(request, streams)
                                : runtimes.run(request, streams),
                        session);
            }
        }
    }

    static RunRequest request(
            HandedWords words, EnvSession session, Resolved resolved, Front shown, RunRequest.Command command) {
        List<Digest> stack = new ArrayList<>(resolved.stack());
        List<Digest> layers = new ArrayList<>(resolved.digests());
        Annotations.layer(Annotations.asked(words), session).ifPresent(layer -> {
            stack.add(layer);
            layers.add(layer);
        });
        return new RunRequest(
                words.text("--name").map(RuntimeOperations::id).orElseGet(session::newRuntime),
                stack,
                layers,
                shown.word(),
                shown.path(),
                session.target(words),
                editing(words),
                LiveLayers.binds(resolved.live()),
                Libc.effectiveUserId() != 0,
                shown.space(),
                command);
    }

    /**
     * Whether it is a durable runtime that is there and does not run now. One whose command has just ended is waited for: its
     * keeper is there for a moment longer.
     */
    static boolean runsAgain(HandedWords words, Runtimes runtimes, RuntimeId id) {
        if (!words.on("--keep") || !words.on("--name")) {
            return false;
        }
        Optional<RuntimeInfo.State> state = state(runtimes, id);
        for (int look = 0; look < LOOKS && state.equals(Optional.of(RuntimeInfo.State.RUNNING)); look++) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            state = state(runtimes, id);
        }
        return state.equals(Optional.of(RuntimeInfo.State.STOPPED));
    }

    private static Optional<RuntimeInfo.State> state(Runtimes runtimes, RuntimeId id) {
        return runtimes.list().stream()
                .filter(each -> each.record().id().equals(id))
                .map(RuntimeInfo::state)
                .findFirst();
    }

    private static Editing editing(HandedWords words) {
        if (words.on("--keep")) {
            return new Editing.OnDisk();
        }
        if (!words.on("--edit")) {
            return new Editing.None();
        }
        long bytes = words.text("--size").map(Sizes::bytes).orElse(Sizes.HALF_OF_MEMORY.getAsLong());
        return new Editing.InMemory(bytes, INODES);
    }

    private static RunRequest.Command described(List<String> command, EnvSession session) {
        return new RunRequest.Command(
                command, callers(session.environment()), Path.of("").toAbsolutePath(), Identity.own(), true, false);
    }

    /** The launcher script gives us a locale of our own; the command gets what its caller had. */
    private static Map<String, String> callers(Map<String, String> ours) {
        Map<String, String> environment = new HashMap<>(ours);
        Optional<String> locale = Optional.ofNullable(System.getProperty("mayfly.caller.lc_all"));
        if (locale.isPresent()) {
            environment.put("LC_ALL", locale.get());
        } else {
            environment.remove("LC_ALL");
        }
        return environment;
    }

    private static int await(Running running, EnvSession session) throws InterruptedException {
        // The terminal sends it to us too; it is meant for the command.
        Libc.ignoreSignal(INTERRUPT);
        Ending ending;
        try {
            ending = running.await();
        } catch (InterruptedException e) {
            running.process().destroy();
            ending = running.await();
        }
        return switch (ending) {
            case Ending.Exited exited -> {
                exited.memory()
                        .filter(Ending.MemoryUse::full)
                        .ifPresent(memory -> session.voice()
                                .progress("the room for changes is full: " + (memory.limit() >> 20)
                                        + " MB; --size gives more, --keep puts changes on disk"));
                yield exited.status();
            }
            case Ending.Lost _ ->
                throw new MayflyException(
                        ErrorCode.RUNTIME_SETUP,
                        "nobody knows how the command ended",
                        "the keeper of its runtime was killed",
                        "mayfly env runtime prune clears away what it left");
        };
    }
}
