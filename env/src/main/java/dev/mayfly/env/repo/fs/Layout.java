package dev.mayfly.env.repo.fs;

import java.nio.file.Path;

/**
 * Where things lie. What SPFS does not know is in the folders {@code packs} and {@code mayfly}, which it passes over.
 */
public record Layout(Path root) {
    /** Ends the name of a folder of tags that is a namespace. */
    static final String NAMESPACE = "#ns";

    static final String TAG = ".tag";

    public Path version() {
        return root.resolve("VERSION");
    }

    public Path objects() {
        return root.resolve("objects");
    }

    public Path payloads() {
        return root.resolve("payloads");
    }

    public Path tags() {
        return root.resolve("tags");
    }

    public Path renders() {
        return root.resolve("renders");
    }

    public Path packs() {
        return root.resolve("packs");
    }

    public Path own() {
        return root.resolve("mayfly");
    }

    /** How this repository keeps its payloads. */
    public Path form() {
        return own().resolve("form.json");
    }

    /** A folder for each ingest: its lease, and what is not published yet. */
    public Path ingests() {
        return own().resolve("ingests");
    }

    /** A folder for each generation of what was taken out of use. */
    public Path trash() {
        return own().resolve("trash");
    }

    /** A byte for each stripe of tag streams. */
    public Path tagLocks() {
        return own().resolve("tags.lock");
    }

    /** A byte for each stripe of packs that move. */
    public Path packLocks() {
        return own().resolve("packs.lock");
    }

    /** See {@link Reserve}. */
    public Path reserve() {
        return own().resolve("reserve");
    }

    /** See {@link CollectorLock}. */
    public Path collectorLock() {
        return own().resolve("collector.lock");
    }
}
