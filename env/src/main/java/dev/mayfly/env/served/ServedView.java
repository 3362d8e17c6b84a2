package dev.mayfly.env.served;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.env.fuse.Holder;
import dev.mayfly.env.runtime.LiveProcess;
import dev.mayfly.platform.linux.FileLatch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A view that is served to processes, for as long as this is open and then for as long as anybody has the mount in a namespace
 * of his own. Its folder has {@code request}, a {@link HeldFolder} with the mount, {@code log} of its servers, and
 * {@code users}, which everybody who has this open has locked, shared: the holder takes the mount away from its place when
 * nobody has.
 *
 * <p>Root's views are seen in the namespace of who asks, and shared by those who ask for the same. Everybody else's are in a
 * user and mount namespace of their holder, and each is for one use: who comes later may see other mounts than a namespace
 * that was made earlier.
 */
public final class ServedView implements AutoCloseable {
    /** How long a shared view stays without users: the next command often wants the same, and a server takes a while to start. */
    private static final Duration LINGER = Duration.ofSeconds(20);

    /** How long callers wait for a server that does not come before they get an error. */
    private static final Duration GRACE = Duration.ofSeconds(60);

    private static final int THREADS = 2;

    private final HeldFolder.Held held;
    private final FileLatch users;
    private final boolean ownNamespace;

    private ServedView(HeldFolder.Held held, FileLatch users, boolean ownNamespace) {
        this.held = held;
        this.users = users;
        this.ownNamespace = ownNamespace;
    }

    /**
     * Finds or mounts it, and waits until it is served.
     *
     * @param views where folders of views are
     * @param ownNamespace for users who may not mount here
     * @param server the command that calls {@link ViewServer#run} with a place
     * @throws MayflyException when it cannot be mounted ({@link Holder#start} tells why) or nobody serves it
     */
    public static ServedView use(
            Path views, ViewRequest request, boolean ownNamespace, Function<Path, List<String>> server) {
        String name =
                request.name() + (ownNamespace ? UUID.randomUUID().toString().substring(0, 8) : "");
        Path folder = views.resolve(name);
        ServedView made = locked(views, () -> {
            Files.createDirectories(folder);
            FileLatch users = FileLatch.open(folder.resolve("users"));
            boolean used = false;
            try {
                users.share();
                ServedView view = new ServedView(stand(folder, request, ownNamespace, server), users, ownNamespace);
                used = true;
                return view;
            } finally {
                if (!used) {
                    users.close();
                }
            }
        });
        boolean answered = false;
        try {
            made.awaitAnswer(folder);
            answered = true;
            return made;
        } finally {
            if (!answered) {
                made.close();
            }
        }
    }

    private static HeldFolder.Held stand(
            Path folder, ViewRequest request, boolean ownNamespace, Function<Path, List<String>> server)
            throws IOException {
        HeldFolder here = new HeldFolder(folder);
        here.removeDead();
        Optional<HeldFolder.Held> there = here.held();
        if (there.isPresent()) {
            return there.get();
        }
        DurableFile.replace(folder.resolve("request"), request.text().getBytes(StandardCharsets.US_ASCII));
        return here.hold(place -> new Holder.Plan(
                HeldFolder.socket(place),
                HeldFolder.point(place),
                THREADS,
                GRACE,
                ownNamespace,
                !ownNamespace,
                Optional.of(new Holder.Supervision(
                        folder.resolve("users"),
                        ownNamespace ? Duration.ZERO : LINGER,
                        folder.resolve("log"),
                        server.apply(place)))));
    }

    /** The first question is answered when somebody serves, or by an error when nobody comes. */
    private void awaitAnswer(Path folder) {
        try {
            Files.size(held.fromOutside());
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.VIEW_UNAVAILABLE,
                    "the view at " + folder + " is not served",
                    String.valueOf(e),
                    "look at " + folder.resolve("log") + "; --front-end render needs no server",
                    e);
        }
    }

    static ViewRequest request(Path folder) throws IOException {
        Path file = folder.resolve("request");
        return ViewRequest.parse(Files.readString(file))
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.STATE_UNAVAILABLE,
                        file + " cannot be read",
                        "it is not what this program writes",
                        "mayfly env runtime prune, and start what needs the view again"));
    }

    /** Where it is, in the namespaces of {@link #space}, or here. */
    public Path point() {
        return held.point();
    }

    /** In whose namespaces it is, unless it is in those of this process. */
    public Optional<LiveProcess> space() {
        return ownNamespace ? Optional.of(held.holder()) : Optional.empty();
    }

    /** From here on the mount stays where namespaces have it, and nowhere else. */
    @Override
    public void close() {
        users.close();
    }

    /**
     * Takes away at once what nobody uses, and removes what is left of views that ended.
     *
     * @return how many folders of views were removed
     */
    public static int prune(Path views) {
        if (!Files.isDirectory(views)) {
            return 0;
        }
        return locked(views, () -> {
            int removed = 0;
            try (DirectoryStream<Path> folders = Files.newDirectoryStream(views, Files::isDirectory)) {
                for (Path folder : folders) {
                    removed += prune(new HeldFolder(folder)) ? 1 : 0;
                }
            }
            return removed;
        });
    }

    private static boolean prune(HeldFolder held) throws IOException {
        held.removeDead();
        try (FileLatch users = FileLatch.open(held.folder().resolve("users"))) {
            if (!users.tryExclude()) {
                return false;
            }
            if (held.detach()) {
                return false; // its holder ends when no runtime has the mount any more, and removes its place
            }
            try (Stream<Path> files = Files.walk(held.folder())) {
                for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(each);
                }
            }
            return true;
        }
    }

    private interface Work<T> {
        T run() throws IOException;
    }

    /** With the lock that lets one process at a time make or remove folders of views. */
    private static <T> T locked(Path views, Work<T> work) {
        try {
            Files.createDirectories(views);
            try (FileLatch making = FileLatch.open(views.resolve("making"))) {
                making.exclude();
                return work.run();
            }
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    "views cannot be served from " + views,
                    e instanceof NoSuchFileException ? "something there has gone meanwhile: " + e : String.valueOf(e),
                    "give yourself permission, or choose another --home",
                    e);
        }
    }
}
