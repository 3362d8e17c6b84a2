package dev.mayfly.app.env;

import dev.mayfly.app.FrontEnd;
import dev.mayfly.app.HandedWords;
import dev.mayfly.app.SettingKeys;
import dev.mayfly.app.Settings;
import dev.mayfly.base.config.ConfigException;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.program.Surroundings;
import dev.mayfly.base.program.Voice;
import dev.mayfly.env.runtime.Asked;
import dev.mayfly.env.runtime.Keeper;
import dev.mayfly.env.runtime.LiveProcess;
import dev.mayfly.env.runtime.Prepared;
import dev.mayfly.env.runtime.Reception;
import dev.mayfly.env.runtime.RunRequest;
import dev.mayfly.env.runtime.Runtimes;
import dev.mayfly.env.service.ActiveMount;
import dev.mayfly.env.service.Activity;
import dev.mayfly.env.service.Mounts;
import dev.mayfly.env.service.ViewShelf;
import dev.mayfly.env.spec.Resolved;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Does {@code mayfly env run} and {@code shell} for {@code mayfly-enter}. Settings are those of whoever typed the command, so
 * that it does not matter who does it.
 */
final class ServedRuns implements Reception.Desk {
    /** Of the front ends, those by which the service shows views. */
    private static final Set<FrontEnd> MOUNTED_HERE = Set.of(FrontEnd.AUTO, FrontEnd.EROFS);

    private final Path home;
    private final Kept kept;
    private final Runtimes runtimes;
    private final ViewShelf shelf;
    private final Mounts mounts;
    private final Activity activity;
    private final Voice voice;
    private final Clock clock;
    private final Log log;

    ServedRuns(
            Path home,
            Kept kept,
            Runtimes runtimes,
            ViewShelf shelf,
            Mounts mounts,
            Activity activity,
            Voice voice,
            Clock clock,
            Log log) {
        this.home = home;
        this.kept = kept;
        this.runtimes = runtimes;
        this.shelf = shelf;
        this.mounts = mounts;
        this.activity = activity;
        this.voice = voice;
        this.clock = clock;
        this.log = log;
    }

    @Override
    public Optional<Reception.Guest> admit(Asked asked) {
        Optional<Settings> settings = settings(asked);
        Optional<Activity.Work> work = settings.isEmpty() ? Optional.empty() : activity.enter();
        if (work.isEmpty()) {
            return Optional.empty();
        }
        boolean admitted = false;
        try {
            Reception.Guest guest = prepare(asked, settings.get(), work.get());
            admitted = true;
            return Optional.of(guest);
        } finally {
            if (!admitted) {
                work.get().close();
            }
        }
    }

    /** Empty when we would not do the same as a process that was started where the command was typed. */
    private Optional<Settings> settings(Asked asked) {
        if (!Path.of(asked.environment().getOrDefault("MAYFLY_CONFIG", "/")).isAbsolute()) {
            return Optional.empty();
        }
        Settings settings;
        try {
            settings = Settings.of(new Surroundings(home, Map.of(), asked.environment()), Settings.Role.ONE_CALL);
        } catch (ConfigException e) {
            return Optional.empty(); // it tells all problems, with where they are
        }
        boolean ours = settings.config().get(SettingKeys.ENV_SERVICE) != SettingKeys.EnvService.OFF
                && MOUNTED_HERE.contains(settings.config().get(SettingKeys.ENV_FRONT_END))
                && settings.config().get(SettingKeys.ENV_AT).isAbsolute()
                && settings.config()
                        .find(SettingKeys.ENV_REPOSITORY)
                        .map(Path::isAbsolute)
                        .orElse(true);
        return ours ? Optional.of(settings) : Optional.empty();
    }

    private Reception.Guest prepare(Asked asked, Settings settings, Activity.Work work) {
        Supplier<EnvSession> sessions = () -> new EnvSession(
                settings, Namespaces.configured(settings), voice, clock, asked.environment(), IdSource.random(), kept);
        HandedWords words = new HandedWords(asked.verb(), asked.options(), List.of(asked.spec()));
        try (EnvSession session = sessions.get()) {
            Resolved resolved = session.library().resolve(asked.spec());
            ViewShelf.Use use = shelf.take(ServiceParts.wanted(resolved, sessions));
            boolean prepared = false;
            try {
                Front shown = Front.here(Showing.FRONT_END, use.path(), () -> {});
                RunRequest request = RunOperations.request(words, session, resolved, shown, command(asked, session));
                Prepared made = RunOperations.runsAgain(words, runtimes, request.id())
                        ? runtimes.prepareAgain(request)
                        : runtimes.prepare(request);
                prepared = true;
                return new Admitted(asked, request, made, use, work);
            } finally {
                if (!prepared) {
                    use.close();
                }
            }
        }
    }

    private static RunRequest.Command command(Asked asked, EnvSession session) {
        List<String> words = asked.verb().equals("shell") ? List.of(RunOperations.shell(session)) : asked.words();
        return new RunRequest.Command(words, asked.environment(), asked.directory(), asked.identity(), true, false);
    }

    /** From the plan to the first moment of the keeper, or to its failure. */
    private final class Admitted implements Reception.Guest {
        private final Asked asked;
        private final RunRequest request;
        private final Prepared prepared;
        private final ViewShelf.Use use;
        private final Activity.Work work;
        private boolean kept;

        Admitted(Asked asked, RunRequest request, Prepared prepared, ViewShelf.Use use, Activity.Work work) {
            this.asked = asked;
            this.request = request;
            this.prepared = prepared;
            this.use = use;
            this.work = work;
        }

        @Override
        public Prepared prepared() {
            return prepared;
        }

        @Override
        public void entered(Keeper keeper) {
            try {
                mounts.add(
                        new ActiveMount(
                                new LiveProcess(keeper.pid(), keeper.start()),
                                asked.spec(),
                                request.editing().isEditable(),
                                request.id().text(),
                                request.frontEnd(),
                                request.view(),
                                clock.instant()),
                        use::close);
                kept = true;
            } catch (MayflyException e) {
                // A view that was mounted for another process has this name. The runtime holds its own by a bind mount.
                log.warn()
                        .with("runtime_name", request.id())
                        .with("why", e.why())
                        .log("not listed");
            }
        }

        @Override
        public void close() {
            try {
                prepared.close();
            } finally {
                if (!kept) {
                    use.close();
                }
                work.close();
            }
        }
    }
}
