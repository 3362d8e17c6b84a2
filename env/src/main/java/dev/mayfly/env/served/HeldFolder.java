package dev.mayfly.env.served;

import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.env.fuse.Holder;
import dev.mayfly.env.runtime.LiveProcess;
import dev.mayfly.platform.linux.NewMount;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/**
 * Where mounts stand that a {@link Holder} has. Each holder has a place of its own here, so what is mounted over one that is
 * gone is never taken for one that works: {@code v} is its mount point, {@code s} its socket, and the file "holder" says which
 * process it is.
 */
public record HeldFolder(Path folder) {
    private static final String PLACES = "h????????";
    private static final int SHORT = 8;

    /**
     * One that lives.
     *
     * @param holder whose mount namespace has the mount
     */
    public record Held(LiveProcess holder, Path place) {
        public Path socket() {
            return HeldFolder.socket(place);
        }

        public Path point() {
            return HeldFolder.point(place);
        }

        /** The mount as who may look into the holder sees it, in whatever namespace it is (proc_pid_root(5)). */
        public Path fromOutside() {
            return Path.of("/proc/" + holder.pid() + "/root")
                    .resolve(point().toString().substring(1));
        }
    }

    public static Path socket(Path place) {
        return place.resolve("s");
    }

    public static Path point(Path place) {
        return place.resolve("v");
    }

    /** The one whose mount is seen here; none when its holder has ended, or has taken it away from its place. */
    public Optional<Held> held() throws IOException {
        for (Path place : places()) {
            Optional<LiveProcess> holder = holder(place);
            if (holder.isPresent() && isMounted(point(place))) {
                return Optional.of(new Held(holder.get(), place));
            }
        }
        return Optional.empty();
    }

    /** Starts a holder in a new place, from a plan for that place. */
    public Held hold(Function<Path, Holder.Plan> plan) throws IOException {
        Path place = Files.createDirectory(
                folder.resolve("h" + UUID.randomUUID().toString().substring(0, SHORT)));
        boolean stands = false;
        try {
            Files.createDirectory(point(place));
            Holder started = Holder.start(plan.apply(place));
            LiveProcess holder = LiveProcess.of(started.pid())
                    .orElseThrow(() -> new IOException("the holder of " + place + " has ended at once"));
            DurableFile.replace(
                    place.resolve("holder"), (holder.pid() + " " + holder.start()).getBytes(StandardCharsets.US_ASCII));
            stands = true;
            return new Held(holder, place);
        } finally {
            if (!stands) {
                remove(place);
            }
        }
    }

    /** Removes what holders left that were killed. What they left mounted answers nobody any more. */
    public void removeDead() throws IOException {
        for (Path place : places()) {
            if (holder(place).isEmpty()) {
                remove(place);
            }
        }
    }

    /** Also those of holders that live, which end when they see it. */
    public void removeAll() throws IOException {
        for (Path place : places()) {
            remove(place);
        }
    }

    /**
     * Takes the mounts of those that live away from their places; copies in other namespaces stay.
     *
     * @return whether there is one that lives
     */
    boolean detach() throws IOException {
        boolean any = false;
        for (Path place : places()) {
            if (holder(place).isPresent()) {
                NewMount.detach(point(place));
                any = true;
            }
        }
        return any;
    }

    private List<Path> places() throws IOException {
        List<Path> all = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, PLACES)) {
            found.forEach(all::add);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        return all;
    }

    private static Optional<LiveProcess> holder(Path place) throws IOException {
        try {
            String[] words = Files.readString(place.resolve("holder")).strip().split(" ", -1);
            LiveProcess process = new LiveProcess(Long.parseLong(words[0]), Long.parseLong(words[1]));
            return Optional.of(process).filter(LiveProcess::isAlive);
        } catch (NoSuchFileException | NumberFormatException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /** Without asking the mount itself, which nobody may serve. */
    private static boolean isMounted(Path point) throws IOException {
        // proc_pid_mountinfo(5): the fifth word, with octal numbers for blanks.
        String word = " " + point.toString().replace("\\", "\\134").replace(" ", "\\040") + " ";
        return Files.readString(Path.of("/proc/self/mountinfo")).contains(word);
    }

    private static void remove(Path place) throws IOException {
        NewMount.detach(point(place));
        for (Path each : List.of(point(place), socket(place), place.resolve("holder"), place)) {
            Files.deleteIfExists(each);
        }
    }
}
