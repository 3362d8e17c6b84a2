package dev.mayfly.fleet.backend.machine;

import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.protocol.Attempt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The folder of one machine. */
public record Bundle(Path folder) {
    private static final String SUFFIX = ".bundle";

    public static final String GUEST = "guest.sock";
    public static final String CONSOLE = "console.log";

    public static Bundle of(Path runners, Attempt attempt) {
        return new Bundle(runners.resolve(attempt + SUFFIX));
    }

    /** The attempts that have a bundle. */
    public static Set<Attempt> all(Path runners) throws IOException {
        Set<Attempt> found = new TreeSet<>();
        try (Stream<Path> entries = Files.list(runners)) {
            entries.forEach(entry -> attempt(entry).ifPresent(found::add));
        }
        return found;
    }

    private static Optional<Attempt> attempt(Path entry) {
        String name = String.valueOf(entry.getFileName());
        int dot = name.lastIndexOf('.', name.length() - SUFFIX.length() - 1);
        if (!name.endsWith(SUFFIX) || dot < 1) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Attempt(
                    new RunnerId(name.substring(0, dot)),
                    new Fence(Long.parseLong(name.substring(dot + 1, name.length() - SUFFIX.length())))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public boolean exists() {
        return Files.isDirectory(folder);
    }

    /** The socket of the guest's agent. */
    public Path guest() {
        return folder.resolve(GUEST);
    }

    Path longestSocket() {
        return guest();
    }

    /** Who the machine shall be, for an agent that finds it half way. */
    public Path identity() {
        return folder.resolve("identity");
    }

    /** There once the guest has become that: its public host key. */
    public Path hostKey() {
        return folder.resolve("hostkey");
    }

    /** What says why, when a machine does not come up. */
    public Path console() {
        return folder.resolve(CONSOLE);
    }

    /** What the process of the machine has written itself. */
    public Path complaints() {
        return folder.resolve("holder.log");
    }

    /** Which port of the loopback leads to the guest's SSH. */
    public Path port() {
        return folder.resolve("port");
    }

    /** There when a script may have been started. */
    public Path begun() {
        return folder.resolve("begun");
    }

    /** Leaves nothing of it, whatever is in it. */
    public void delete() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            return;
        }
        DurableFile.syncDirectory(folder.resolveSibling("."));
    }
}
