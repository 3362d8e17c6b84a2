package dev.mayfly.fleet.backend.slot;

import dev.mayfly.fleet.image.Template;
import dev.mayfly.fleet.network.WayOut;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * @param program mayfly-slot
 * @param runners the folder of the bundles
 * @param blanks the folder of empty file systems, beside the bundles when blocks can be shared there
 * @param claims the folder of numbers, the same for all agents of this machine
 * @param mostMemoryBytes no slot gets more, whatever its size says; for small hosts
 * @param way how slots reach what they may; without one they reach nothing
 */
public record SlotSettings(
        Path program,
        Template template,
        Path runners,
        Path blanks,
        Path claims,
        GroupPlaces places,
        long mostMemoryBytes,
        Optional<WayOut> way) {
    /** For all agents of a machine, and gone after its start, as slots are. */
    public static final Path CLAIMS = Path.of("/run/mayfly/slots");

    public SlotSettings {
        Objects.requireNonNull(program, "program");
        Objects.requireNonNull(template, "template");
        Objects.requireNonNull(runners, "runners");
        Objects.requireNonNull(blanks, "blanks");
        Objects.requireNonNull(claims, "claims");
        Objects.requireNonNull(places, "places");
        Objects.requireNonNull(way, "way");
    }

    /** Slots reach nothing. */
    public SlotSettings(
            Path program,
            Template template,
            Path runners,
            Path blanks,
            Path claims,
            GroupPlaces places,
            long mostMemoryBytes) {
        this(program, template, runners, blanks, claims, places, mostMemoryBytes, Optional.empty());
    }
}
