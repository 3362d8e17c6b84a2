package dev.mayfly.app.env;

import dev.mayfly.app.env.service.ServiceProcess;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.program.Voice;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.runtime.Keeper;
import dev.mayfly.env.runtime.LiveProcess;
import dev.mayfly.env.runtime.Reception;
import dev.mayfly.env.runtime.RuntimeInfo;
import dev.mayfly.env.runtime.RuntimeRecord;
import dev.mayfly.env.runtime.Runtimes;
import dev.mayfly.env.service.ActiveMount;
import dev.mayfly.env.service.Activity;
import dev.mayfly.env.service.Environments;
import dev.mayfly.env.service.Mounts;
import dev.mayfly.env.service.VfsEndpoint;
import dev.mayfly.env.service.ViewShelf;
import dev.mayfly.env.spec.Resolved;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Builds the service of environments out of its parts. */
final class ServiceParts implements ServiceProcess.Parts {
    private final Activity activity = new Activity(Ticker.system());
    private final ViewShelf shelf = new ViewShelf(Ticker.system());
    private final Mounts mounts;
    private final VfsEndpoint endpoint;
    private final Runtimes runtimes;
    private final Kept kept;
    private final Path home;
    private final Voice voice;
    private final Clock clock;
    private final Log log;

    /**
     * @param sessions a new one for each who asks; whoever takes it closes it
     * @param kept what all of them share
     */
    ServiceParts(Supplier<EnvSession> sessions, Kept kept, String version, Clock clock, Log log) {
        this.kept = kept;
        this.clock = clock;
        this.log = log;
        try (EnvSession session = sessions.get()) {
            this.home = session.settings().home();
            this.voice = session.voice();
            this.runtimes = session.runtimes();
        }
        this.mounts = new Mounts(this::others, log);
        this.endpoint = new VfsEndpoint(
                spec -> find(sessions, spec), shelf, mounts, activity, version, IdSource.random(), clock, log);
    }

    private static Environments.Wanted find(Supplier<EnvSession> sessions, String spec) {
        try (EnvSession session = sessions.get()) {
            return wanted(session.library().resolve(spec), sessions);
        }
    }

    static Environments.Wanted wanted(Resolved resolved, Supplier<EnvSession> sessions) {
        return new Environments.Wanted(Showing.key(resolved), resolved.digests(), Showing.FRONT_END, () -> {
            try (EnvSession session = sessions.get()) {
                var view = Showing.mount(session, resolved);
                return new Environments.Held() {
                    @Override
                    public Path path() {
                        return view.path();
                    }

                    @Override
                    public void close() {
                        view.close();
                    }
                };
            }
        });
    }

    /** Runtimes of this home that live, also those that this service was not asked for. */
    private List<ActiveMount> others() {
        return runtimes.list().stream()
                .filter(each -> each.state() == RuntimeInfo.State.RUNNING)
                .flatMap(each -> each.keeper().map(keeper -> mount(each.record(), keeper)).stream())
                .toList();
    }

    private static ActiveMount mount(RuntimeRecord record, Keeper keeper) {
        return new ActiveMount(
                new LiveProcess(keeper.pid(), keeper.start()),
                record.stack().isEmpty()
                        ? "-"
                        : record.stack().stream().map(Digest::toString).collect(Collectors.joining("+")),
                record.editable(),
                record.id().text(),
                record.frontEnd(),
                record.view(),
                record.created());
    }

    @Override
    public Activity activity() {
        return activity;
    }

    @Override
    public Mounts mounts() {
        return mounts;
    }

    @Override
    public ViewShelf shelf() {
        return shelf;
    }

    @Override
    public VfsEndpoint endpoint() {
        return endpoint;
    }

    @Override
    public void sweep() {
        runtimes.sweep()
                .forEach(swept ->
                        log.info().with("runtime_name", swept.toString()).log("swept"));
    }

    @Override
    public void unmountUnused() {
        kept.shown().unmountUnused();
    }

    @Override
    public AutoCloseable reception(Path socket) throws IOException {
        return Reception.open(
                socket, new ServedRuns(home, kept, runtimes, shelf, mounts, activity, voice, clock, log), log);
    }
}
