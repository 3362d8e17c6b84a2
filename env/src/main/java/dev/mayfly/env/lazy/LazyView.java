package dev.mayfly.env.lazy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.env.fuse.DeviceMounts;
import dev.mayfly.env.fuse.Holder;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.served.HeldFolder;
import dev.mayfly.platform.linux.FileLatch;
import dev.mayfly.platform.linux.NewMount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder of one view that is shown while its contents arrive, shared by the processes that run in it and the one that
 * serves it: {@code plan} and {@code request}, {@code spool} and {@code arrived}, a {@link HeldFolder} with the mount,
 * {@code images} (what was mounted over it), {@code log}, and the locks {@code users} (shared by who uses it),
 * {@code starting} and {@code server} (had by the server as long as it lives).
 */
public final class LazyView {
    /** How long readers wait for another server after one was killed, before they get an error. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** For one use: a server that does not stay is not started for ever. */
    private static final int MOST_STARTS = 100;

    private static final int THREADS = 2;
    /** Of a folder's name: sockets have short paths. */
    private static final int SHORT = 16;

    /** Starts a process that calls {@link Feeder#run} with the folder. */
    public interface Starter {
        void start(Path folder) throws IOException;
    }

    private final Path folder;

    private LazyView(Path folder) {
        this.folder = folder;
    }

    static LazyView at(Path folder) {
        return new LazyView(folder);
    }

    Path folder() {
        return folder;
    }

    LazyPlan plan() throws IOException {
        return LazyPlan.parse(Files.readString(folder.resolve("plan"))).orElseThrow(() -> damaged("plan"));
    }

    LazyRequest request() throws IOException {
        return LazyRequest.parse(Files.readString(folder.resolve("request"))).orElseThrow(() -> damaged("request"));
    }

    private MayflyException damaged(String file) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                folder.resolve(file) + " cannot be read",
                "it is not what this program writes",
                "umount what is mounted below " + folder + ", and remove it; it is made again");
    }

    /** Somebody's use of the view. It is served as long as this is open, by a new server when one is killed. */
    public final class Use implements AutoCloseable {
        private final Path device;
        private final FileLatch users;
        private final Thread guard;

        private Use(Path device, FileLatch users, Thread guard) {
            this.device = device;
            this.users = users;
            this.guard = guard;
        }

        /** What an image has as its device. */
        public Path device() {
            return device;
        }

        /** Remembers what is to be unmounted when the view is not used any more. */
        public void mounted(Digest image) {
            try {
                Files.writeString(
                        folder.resolve("images"),
                        image + "\n",
                        java.nio.file.StandardOpenOption.CREATE,
                        java.nio.file.StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw unusable(e);
            }
        }

        @Override
        public void close() {
            guard.interrupt();
            users.close();
        }
    }

    /**
     * Shows a plan at a place, with the process that serves it; both may be there already.
     *
     * @param views where such folders are
     * @param view what the view is a function of, besides the plan
     * @throws MayflyException when it cannot be mounted or served
     */
    public static Use use(Path views, List<Digest> view, LazyPlan plan, LazyRequest request, Starter starter) {
        LazyView made = at(views.resolve(plan.key(view).toString().substring(0, SHORT)));
        try {
            Files.createDirectories(made.folder);
            FileLatch users = FileLatch.open(made.folder.resolve("users"));
            boolean used = false;
            try {
                users.share();
                Use use = made.use(users, plan, request, starter);
                used = true;
                return use;
            } finally {
                if (!used) {
                    users.close();
                }
            }
        } catch (IOException e) {
            throw made.unusable(e);
        }
    }

    private Use use(FileLatch users, LazyPlan plan, LazyRequest request, Starter starter) throws IOException {
        Path device;
        try (FileLatch starting = FileLatch.open(folder.resolve("starting"))) {
            starting.exclude();
            DurableFile.replace(folder.resolve("plan"), plan.text().getBytes(StandardCharsets.US_ASCII));
            DurableFile.replace(folder.resolve("request"), request.text().getBytes(StandardCharsets.UTF_8));
            Optional<Path> there = mount();
            device = (there.isPresent() ? there.get() : hold()).resolve(DeviceMounts.NAME);
            serve(starter);
        }
        Files.size(device); // answered when the server serves, or by an error when none comes
        return new Use(device, users, Thread.ofVirtual().name("lazy-guard").start(() -> guard(starter)));
    }

    /** Whoever holds it, with the place where it is mounted. */
    Optional<HeldFolder.Held> held() throws IOException {
        return new HeldFolder(folder).held();
    }

    /** Where it is mounted, when whoever holds it lives. */
    Optional<Path> mount() throws IOException {
        return held().map(HeldFolder.Held::point);
    }

    private Path hold() throws IOException {
        HeldFolder here = new HeldFolder(folder);
        here.removeDead();
        return here.hold(place -> new Holder.Plan(
                        HeldFolder.socket(place), HeldFolder.point(place), THREADS, GRACE, false, false))
                .point();
    }

    private void serve(Starter starter) throws IOException {
        if (!isServed()) {
            starter.start(folder);
        }
    }

    private boolean isServed() throws IOException {
        try (FileLatch server = FileLatch.open(folder.resolve("server"))) {
            return !server.tryExclude();
        }
    }

    /** Looks now and then: a lock says at once whether its owner lives, and nobody is told when it dies. */
    private void guard(Starter starter) {
        try {
            for (int starts = 0; starts < MOST_STARTS; ) {
                Thread.sleep(Duration.ofSeconds(1));
                if (mount().isPresent() && !isServed()) {
                    starter.start(folder);
                    starts++;
                    // A server takes a moment to begin.
                    Thread.sleep(Duration.ofSeconds(4));
                }
            }
        } catch (InterruptedException e) {
            // The use ended.
        } catch (IOException | MayflyException e) {
            // The holder gives up after a while, and readers get an error.
        }
    }

    /** The lock of the server; empty when there is one. */
    Optional<FileLatch> serverLatch() throws IOException {
        FileLatch server = FileLatch.open(folder.resolve("server"));
        if (server.tryExclude()) {
            return Optional.of(server);
        }
        server.close();
        return Optional.empty();
    }

    List<Digest> images() throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve("images"))) {
            return lines.flatMap(line -> Digest.parse(line).stream()).distinct().toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /**
     * Takes the mount away when nobody uses it.
     *
     * @param unmountImages asked to unmount what lies over it, as far as nobody uses that
     * @param whole whether everything was copied, so that the folder is not needed any more
     * @return whether it is gone
     */
    boolean end(Runnable unmountImages, boolean whole) throws IOException {
        try (FileLatch users = FileLatch.open(folder.resolve("users"))) {
            if (!users.tryExclude()) {
                return false;
            }
            Optional<Path> mount = mount();
            unmountImages.run();
            // EBUSY as long as an image has its device from there.
            if (mount.isPresent() && !NewMount.unmount(mount.get()).ok()) {
                return false;
            }
            if (whole) {
                remove();
            }
            return true;
        }
    }

    /** Locks stay: somebody may wait for one. */
    private void remove() throws IOException {
        new HeldFolder(folder).removeAll();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                String name = String.valueOf(each.getFileName());
                if (!name.equals("users") && !name.equals("starting") && !name.equals("server")) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }

    private MayflyException unusable(IOException e) {
        return new MayflyException(
                ErrorCode.VIEW_UNAVAILABLE,
                "the view at " + folder + " cannot be shown while its contents arrive",
                String.valueOf(e),
                "look at " + folder.resolve("log") + ", or pull the environment first: mayfly env pull",
                e);
    }
}
