package dev.mayfly.env.runtime;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.runtime.RunRequest.Command;
import dev.mayfly.env.runtime.RuntimeInfo.State;
import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.platform.linux.OpenFileLock;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** All runtimes of one home. Safe for concurrent use, also by several processes. */
public final class Runtimes {
    /** Where scripts of an environment lie that set up a shell or command in it; SPFS' place. */
    public static final String STARTUP = "etc/spfs/startup.d";

    /** Locked by who makes a runtime, and by a sweep that removes what was only begun. */
    static final String MAKING = ".making";

    private static final int LOOKS = 50;
    private static final long LOOK_AGAIN_NANOS = 5_000_000;

    private final Path folder;
    private final Entrance entrance;
    private final InstantSource clock;
    private final String bootId;

    private Runtimes(Path folder, Path program, InstantSource clock, String bootId) {
        this.folder = folder;
        this.entrance = new Entrance(program);
        this.clock = clock;
        this.bootId = bootId;
    }

    /**
     * Those in {@code <home>/env/runtimes}, which is made when it is not there.
     *
     * @throws MayflyException {@code VIEW_UNAVAILABLE} when {@code mayfly-enter} is missing
     */
    public static Runtimes at(Path home, LauncherBinary enter, InstantSource clock) {
        Path program = switch (enter) {
            case LauncherBinary.Found found -> found.path();
            case LauncherBinary.Missing missing ->
                throw new MayflyException(
                        ErrorCode.VIEW_UNAVAILABLE, "environments cannot be run", missing.why(), missing.fix());
        };
        try {
            Path folder = Files.createDirectories(home.resolve("env/runtimes")).toRealPath();
            String bootId =
                    Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            return new Runtimes(folder, program, clock, bootId);
        } catch (IOException e) {
            throw broken(home.resolve("env/runtimes"), e);
        }
    }

    /**
     * Makes a runtime and starts its command.
     *
     * @throws MayflyException {@code MOUNT_POINT_MISSING}, {@code NAMESPACE_DENIED}, {@code VIEW_UNAVAILABLE}, {@code
     *     RUNTIME_SETUP}; {@code CONFLICT} when the name is taken; nothing is left then
     */
    public Running run(RunRequest request, Streams streams) {
        try (Prepared prepared = prepare(request)) {
            return start(prepared, streams);
        }
    }

    private Running start(Prepared prepared, Streams streams) {
        Running running = entrance.start(prepared.plan(), prepared.target(), streams);
        prepared.started();
        return running;
    }

    /**
     * Makes a runtime for somebody else to start.
     *
     * @throws MayflyException {@code CONFLICT} when the name is taken, {@code USAGE} when the environment would hide the
     *     folder of runtimes; nothing is left then
     */
    public Prepared prepare(RunRequest request) {
        requireSight(request.target());
        RuntimeFolder place = place(request.id());
        boolean durable = request.editing() instanceof Editing.OnDisk;
        try {
            OpenFileLock life = make(place, durable);
            Prepared prepared = new Prepared(EnterPlan.run(request, place.path()), request.target(), place, life, true);
            boolean written = false;
            try {
                place.write(recordOf(request, durable));
                written = true;
                return prepared;
            } finally {
                if (!written) {
                    prepared.close();
                }
            }
        } catch (IOException e) {
            throw broken(place.path(), e);
        }
    }

    /**
     * Starts a command in a durable runtime that does not run now, with its changes.
     *
     * @throws MayflyException {@code NO_RUNTIME} when there is no such durable runtime, {@code CONFLICT} when it runs
     */
    public Running rerun(RunRequest request, Streams streams) {
        try (Prepared prepared = prepareAgain(request)) {
            return start(prepared, streams);
        }
    }

    /** As {@link #rerun}, for somebody else to start. */
    public Prepared prepareAgain(RunRequest request) {
        requireSight(request.target());
        RuntimeFolder place = place(request.id());
        if (!(request.editing() instanceof Editing.OnDisk) || !place.isDurable()) {
            throw missing(request.id(), "no durable runtime has this name");
        }
        try {
            aloneAtLast(place).orElseThrow(() -> taken(request.id(), "it runs")).close();
            // Between these two another may start it: then overlayfs or its keeper's lock refuses one of both.
            OpenFileLock life = place.leaseShared().orElseThrow(() -> taken(request.id(), "it runs"));
            Prepared prepared =
                    new Prepared(EnterPlan.run(request, place.path()), request.target(), place, life, false);
            boolean written = false;
            try {
                place.write(recordOf(request, true));
                written = true;
                return prepared;
            } finally {
                if (!written) {
                    prepared.close();
                }
            }
        } catch (IOException e) {
            throw broken(place.path(), e);
        }
    }

    /** The keeper looks after its runtime from within, so it has to see the runtime's folder there. */
    private void requireSight(Path target) {
        try {
            if (!folder.startsWith(target.toRealPath())) {
                return;
            }
        } catch (IOException e) {
            return; // It is not there, which is told with its fix where it is to be mounted on.
        }
        throw new MayflyException(
                ErrorCode.USAGE,
                "environments cannot be shown at " + target,
                "that would hide " + folder + ", where this runtime is kept",
                "show it elsewhere with --at DIR, or keep the state elsewhere with --home DIR");
    }

    /** The keeper of one that has just ended has its lock for a moment longer. */
    private static Optional<OpenFileLock> aloneAtLast(RuntimeFolder place) throws IOException {
        Optional<OpenFileLock> alone = place.leaseAlone();
        for (int look = 0; look < LOOKS && alone.isEmpty(); look++) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            alone = place.leaseAlone();
        }
        return alone;
    }

    /**
     * Starts a command among the processes of a runtime.
     *
     * @throws MayflyException {@code NO_RUNTIME} when it does not run, also when the number of its keeper is another's by now
     */
    public Running join(RuntimeId id, Command command, Streams streams) {
        RuntimeInfo info = info(id);
        if (info.state() != State.RUNNING || info.keeper().isEmpty()) {
            throw missing(id, "it is there and does not run");
        }
        byte[] plan =
                EnterPlan.join(info.record(), info.keeper().get(), place(id).path(), command);
        return entrance.start(plan, info.record().target(), streams);
    }

    /** @throws MayflyException {@code NO_RUNTIME} */
    public RuntimeInfo info(RuntimeId id) {
        return look(place(id)).orElseThrow(() -> missing(id, "there is none of this name"));
    }

    /** By name. One that cannot be read is left out; a sweep tells of it. */
    public List<RuntimeInfo> list() {
        List<RuntimeInfo> infos = new ArrayList<>();
        for (RuntimeFolder place : folders()) {
            try {
                look(place).ifPresent(infos::add);
            } catch (MayflyException e) {
                // Its record is damaged: one bad runtime does not hide the others.
            }
        }
        return infos;
    }

    /** Where the changes of a running editable runtime can be read, for a scan; nobody may write there. */
    public Optional<Path> upper(RuntimeId id) {
        RuntimeInfo info = info(id);
        if (!info.record().editable()) {
            return Optional.empty();
        }
        RuntimeFolder place = place(id);
        if (place.isDurable()) {
            return Optional.of(place.disk().resolve("upper"));
        }
        return info.keeper().map(keeper -> keeper.inside(place.top()).resolve("rw/upper"));
    }

    /**
     * The same for a process of that runtime: it sees the place by itself, and may perhaps not look into the keeper, which has
     * rights in its user namespace that its children lack (proc_pid_root(5)).
     */
    public Optional<Path> upperWithin(RuntimeId id) {
        Path within = place(id).top().resolve("rw/upper");
        return Files.isDirectory(within) && info(id).record().editable() ? Optional.of(within) : upper(id);
    }

    /** Clears away what a killed keeper or a reboot has left behind, and says what. Call it at every start. */
    public List<Swept> sweep() {
        return new Sweep(folder, bootId).run(folders());
    }

    /**
     * Removes a runtime with its changes.
     *
     * @param force ends its processes when it runs
     * @throws MayflyException {@code CONFLICT} when it runs and force is not used
     */
    public void remove(RuntimeId id, boolean force) {
        info(id);
        new Sweep(folder, bootId).remove(place(id), id, force);
    }

    private Optional<RuntimeInfo> look(RuntimeFolder place) {
        try {
            Optional<RuntimeRecord> record = place.read();
            if (record.isEmpty()) {
                return Optional.empty();
            }
            Optional<Keeper> keeper = place.keeper();
            boolean thisBoot = record.get().bootId().equals(bootId);
            if (thisBoot && keeper.isPresent() && keeper.get().isAlive()) {
                return Optional.of(new RuntimeInfo(record.get(), State.RUNNING, keeper));
            }
            boolean stopped = record.get().durable() && keeper.isEmpty();
            return Optional.of(
                    new RuntimeInfo(record.get(), stopped ? State.STOPPED : State.LEFT_BEHIND, Optional.empty()));
        } catch (IOException e) {
            throw broken(place.path(), e);
        }
    }

    private List<RuntimeFolder> folders() {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.filter(path -> !path.getFileName().toString().startsWith("."))
                    .sorted()
                    .map(RuntimeFolder::new)
                    .toList();
        } catch (IOException e) {
            throw broken(folder, e);
        }
    }

    private RuntimeFolder place(RuntimeId id) {
        return new RuntimeFolder(folder.resolve(id.text()));
    }

    /** With a lock that a sweep respects, because for a moment the folder has no life of its own. */
    private OpenFileLock make(RuntimeFolder place, boolean durable) throws IOException {
        try (OpenFileLock making = OpenFileLock.open(folder.resolve(MAKING))) {
            making.shared(0);
            return place.make(durable);
        } catch (FileAlreadyExistsException e) {
            throw taken(new RuntimeId(String.valueOf(place.path().getFileName())), "it is there already");
        }
    }

    private RuntimeRecord recordOf(RunRequest request, boolean durable) {
        return new RuntimeRecord(
                request.id(),
                request.stack(),
                request.layers(),
                request.frontEnd(),
                request.view(),
                request.target(),
                request.editing().isEditable(),
                durable,
                request.ownUserNamespace(),
                request.command().identity().uid(),
                bootId,
                clock.instant());
    }

    private static MayflyException missing(RuntimeId id, String why) {
        return new MayflyException(
                ErrorCode.NO_RUNTIME,
                "runtime " + id + " cannot be used",
                why,
                "see what there is: mayfly env runtime list");
    }

    private static MayflyException taken(RuntimeId id, String why) {
        return new MayflyException(
                ErrorCode.CONFLICT,
                "runtime " + id + " cannot be made",
                why,
                "take another name, join it (mayfly env join " + id + "), or remove it (mayfly env runtime remove " + id
                        + ")");
    }

    private static MayflyException broken(Path path, IOException e) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                path + " cannot be used",
                String.valueOf(e),
                "check that this user may write there and that the disk is not full",
                e);
    }
}
