package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.fs.DurableFile;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.backend.machine.Bundle;
import dev.mayfly.fleet.backend.machine.Processes;
import dev.mayfly.fleet.backend.machine.Shape;
import dev.mayfly.fleet.image.DiskClone;
import dev.mayfly.fleet.image.Fingerprint;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The saved machines of this host, each in a folder that is named by all that must be the same for it to be of use:
 * template, build of QEMU, accelerator, and the whole command line. So one that has become useless is not found any more,
 * and removed by the next sweep. Safe for concurrent use.
 */
final class WarmStates {
    /** A saved machine's own, which none that is restored keeps. */
    static final Identity NOBODY = new Identity(new MachineIdentifier("0".repeat(32)), MacAddress.of(0));

    private static final Duration YOUNG = Duration.ofMinutes(1);
    private static final String PART = ".part";
    private static final String LOCK = "lock";

    private final QemuSettings settings;
    private final Accelerator accelerator;
    private final String version;
    private final Path folder;
    private final Log log;
    private final Map<String, Known> verified = new HashMap<>();

    /** Read to the last byte, when it looked like that. */
    private record Known(WarmState state, Fingerprint seen) {}

    WarmStates(QemuSettings settings, Accelerator accelerator, String version, Path folder, Log log) {
        this.settings = settings;
        this.accelerator = accelerator;
        this.version = version;
        this.folder = folder;
        this.log = log;
    }

    /** What must be the same. What the card leads to is no part of a machine's state. */
    String options(Shape shape) {
        List<String> line = QemuCommand.of(
                settings,
                accelerator,
                "",
                shape,
                NOBODY,
                DiskClone.Way.OVERLAY,
                new Memory.Kept(Path.of("memory")),
                QemuCommand.apart(0));
        return settings.template().digest() + "\n" + version + "\n" + shape.diskBytes() + "\n"
                + String.join("\n", line.subList(2, line.size()));
    }

    private String key(Shape shape) {
        return Sha256Digest.of(options(shape)).brief();
    }

    /** Empty when there is none for this shape, or none that is as it was saved. */
    synchronized Optional<WarmState> find(Shape shape) {
        String key = key(shape);
        Path place = folder.resolve(key);
        if (!Files.isDirectory(place)) {
            verified.remove(key);
            return Optional.empty();
        }
        try {
            Known known = verified.get(key);
            if (known == null
                    || !known.seen().equals(Fingerprint.of(known.state().files()))) {
                WarmState state = WarmState.verified(place);
                known = new Known(state, Fingerprint.of(state.files()));
                verified.put(key, known);
            }
            return Optional.of(known.state());
        } catch (MayflyException e) {
            return broken(key, place, e.why());
        } catch (IOException e) {
            return broken(key, place, String.valueOf(e.getMessage()));
        }
    }

    private Optional<WarmState> broken(String key, Path place, String why) {
        log.warn().with("folder", place).with("why", why).log("a saved machine is broken, and is removed");
        verified.remove(key);
        remove(place);
        return Optional.empty();
    }

    /** What makes a saved machine in a folder. */
    interface Saver {
        DiskClone.Way save(Bundle bundle, WarmState.Place place) throws IOException, InterruptedException;
    }

    /** Saves one, unless somebody else has done it meanwhile. Nothing is left when it fails. */
    void add(Shape shape, Saver saver) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path part = Files.createTempDirectory(folder, key(shape) + ".").toRealPath();
        part = Files.move(part, part.resolveSibling(part.getFileName() + PART));
        try (FileChannel channel =
                        FileChannel.open(part.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                FileLock _ = channel.lock()) {
            DiskClone.Way way = saver.save(new Bundle(part), new WarmState.Place(part));
            Files.writeString(
                    part.resolve(WarmFolder.TEMPLATE), settings.template().digest() + "\n");
            new WarmState(part, way).seal(options(shape));
            DurableFile.syncDirectory(part);
            Files.move(part, folder.resolve(key(shape)), StandardCopyOption.ATOMIC_MOVE);
            DurableFile.syncDirectory(folder);
        } catch (IOException e) {
            if (!Files.isDirectory(folder.resolve(key(shape)))) {
                throw e;
            }
        } finally {
            remove(part);
        }
    }

    /** Removes what a dead process has left half way, and what is of no use to this template any more. */
    synchronized List<String> sweep(List<Shape> shapes) {
        List<String> swept = new ArrayList<>();
        List<String> good = shapes.stream().map(this::key).toList();
        String template = settings.template().digest().toString();
        for (Path each : entries()) {
            String name = String.valueOf(each.getFileName());
            boolean half = name.endsWith(PART) && isAbandoned(each);
            boolean stale =
                    !name.endsWith(PART) && !good.contains(name) && template.equals(WarmFolder.templateOf(each));
            if (half || stale) {
                remove(each);
                swept.add("saved machine " + name);
            }
        }
        return swept;
    }

    private List<Path> entries() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            log.warn().with("folder", folder).cause(e).log("saved machines cannot be listed");
            return List.of();
        }
    }

    private static boolean isAbandoned(Path part) {
        try (FileChannel channel = FileChannel.open(part.resolve(LOCK), StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        } catch (IOException e) {
            return isOld(part); // it may be about to be locked
        }
    }

    private static boolean isOld(Path part) {
        try {
            return Files.getLastModifiedTime(part).toMillis() < System.currentTimeMillis() - YOUNG.toMillis();
        } catch (IOException e) {
            return false;
        }
    }

    private void remove(Path place) {
        Bundle bundle = new Bundle(place);
        try {
            if (Files.isDirectory(place)) {
                for (ProcessHandle process : Processes.of(new Bundle(place.toRealPath()), QemuFiles.CONTROL_OPTION)) {
                    process.destroyForcibly();
                }
            }
            bundle.delete();
        } catch (IOException e) {
            log.warn().with("folder", place).cause(e).log("a saved machine cannot be removed");
        }
    }
}
