package dev.mayfly.env.edit;

import dev.mayfly.env.object.Manifest;
import java.util.List;

/**
 * A layer in the making; its payloads are in the ingest, not yet published.
 *
 * @param files how many files and links were read
 * @param bytes of them
 * @param skipped paths of what was left out because no layer can hold it
 */
public record Scanned(Manifest manifest, long files, long bytes, List<String> skipped) {
    public Scanned {
        skipped = List.copyOf(skipped);
    }

    /** Whether the layer would have no entry at all. */
    public boolean isEmpty() {
        return manifest.root().entries().isEmpty();
    }
}
