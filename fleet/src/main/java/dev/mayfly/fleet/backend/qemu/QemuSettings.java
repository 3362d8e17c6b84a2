package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.fleet.image.Template;
import dev.mayfly.fleet.network.WayOut;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * @param program qemu-system-x86_64
 * @param runners the folder of the bundles, on the template's file system when that can share blocks
 * @param warm the folder of saved machines, on the file system of the bundles when that can share blocks
 * @param mostMemoryBytes no machine gets more, whatever its size says; for small hosts
 * @param way how guests reach what they may; without one they reach nothing
 * @param disks that every machine gets beside its own, in this order, for reading only; never written to as long as
 *     machines have them
 */
public record QemuSettings(
        Path program,
        Template template,
        Path runners,
        Path warm,
        long mostMemoryBytes,
        Optional<WayOut> way,
        List<Path> disks) {
    public QemuSettings {
        Objects.requireNonNull(program, "program");
        Objects.requireNonNull(template, "template");
        Objects.requireNonNull(runners, "runners");
        Objects.requireNonNull(warm, "warm");
        Objects.requireNonNull(way, "way");
        disks = List.copyOf(disks);
    }

    /** Machines have only the disk that is their own. */
    public QemuSettings(
            Path program, Template template, Path runners, Path warm, long mostMemoryBytes, Optional<WayOut> way) {
        this(program, template, runners, warm, mostMemoryBytes, way, List.of());
    }

    /** And guests reach nothing. */
    public QemuSettings(Path program, Template template, Path runners, Path warm, long mostMemoryBytes) {
        this(program, template, runners, warm, mostMemoryBytes, Optional.empty());
    }
}
