package dev.mayfly.env.runtime;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.OpenFileLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes down runtimes whose keeper did not. The kernel has dropped their mounts with their last process, or does so as soon
 * as the processes that are still there are killed; what remains are files.
 */
final class Sweep {
    private static final int LEASE_TRIES = 250;
    private static final long PAUSE_MILLIS = 20;

    private final Path folder;
    private final String bootId;

    Sweep(Path folder, String bootId) {
        this.folder = folder;
        this.bootId = bootId;
    }

    /** One bad runtime does not keep the others from being swept. */
    List<Swept> run(List<RuntimeFolder> places) {
        List<Swept> swept = new ArrayList<>();
        for (RuntimeFolder place : places) {
            String name = String.valueOf(place.path().getFileName());
            try {
                one(place, name).ifPresent(swept::add);
            } catch (IOException | MayflyException | IllegalArgumentException e) {
                swept.add(new Swept(name, "it cannot be swept: " + e.getMessage(), List.of(), true));
            }
        }
        return swept;
    }

    private Optional<Swept> one(RuntimeFolder place, String name) throws IOException {
        if (!Files.exists(place.life())) {
            return lifeless(place, name);
        }
        Optional<Keeper> keeper = place.keeper();
        boolean keeperDied = keeper.isPresent() && !keeper.get().isAlive();
        List<Long> killed = List.of();
        if (keeperDied) {
            killed = Marked.killAll(new RuntimeId(name)); // with those who have joined; their locks go with them
        }
        Optional<OpenFileLock> lease = keeperDied ? waitForLease(place) : place.leaseAlone();
        if (lease.isEmpty()) {
            return Optional.empty(); // it lives, is being made, or ends by itself just now
        }
        try {
            boolean durable = place.isDurable();
            if (durable && place.keeper().isEmpty()) {
                return Optional.empty(); // stopped, as it should be
            }
            String why = why(place, keeperDied);
            place.takeDown();
            return Optional.of(new Swept(name, why, killed, durable));
        } finally {
            lease.get().close();
        }
    }

    private String why(RuntimeFolder place, boolean keeperDied) {
        try {
            if (place.read().filter(record -> !record.bootId().equals(bootId)).isPresent()) {
                return "it ran before the last start of this machine";
            }
        } catch (IOException | MayflyException e) {
            return "its record cannot be read";
        }
        return keeperDied ? "its keeper was killed" : "who made it died before it started";
    }

    /** A folder of which only a part was made or is left. */
    private Optional<Swept> lifeless(RuntimeFolder place, String name) throws IOException {
        try (OpenFileLock making = OpenFileLock.open(folder.resolve(Runtimes.MAKING))) {
            if (!making.tryExclusive(0)
                    || Files.exists(place.life())
                    || !Files.exists(place.path())
                    || place.isDurable()) {
                return Optional.empty();
            }
            place.remove();
            return Optional.of(new Swept(name, "only a part of it was there", List.of(), false));
        }
    }

    void remove(RuntimeFolder place, RuntimeId id, boolean force) {
        try {
            Optional<OpenFileLock> lease = place.leaseAlone();
            if (lease.isEmpty() && force) {
                Marked.killAll(id);
                lease = waitForLease(place);
            }
            if (lease.isEmpty()) {
                if (!Files.exists(place.path())) {
                    return; // its keeper has taken it down
                }
                throw new MayflyException(
                        ErrorCode.CONFLICT,
                        "runtime " + id + " is not removed",
                        "processes run in it",
                        "end them, or remove it by force: mayfly env runtime remove --force " + id);
            }
            try {
                place.remove();
            } finally {
                lease.get().close();
            }
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    place.path() + " cannot be removed",
                    String.valueOf(e),
                    "try again",
                    e);
        }
    }

    /** The kernel gives back the locks of killed processes when it has torn them down. */
    private static Optional<OpenFileLock> waitForLease(RuntimeFolder place) throws IOException {
        Optional<OpenFileLock> lease = place.leaseAlone();
        for (int i = 0; i < LEASE_TRIES && lease.isEmpty() && Files.exists(place.life()); i++) {
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.empty();
            }
            lease = place.leaseAlone();
        }
        return lease;
    }
}
