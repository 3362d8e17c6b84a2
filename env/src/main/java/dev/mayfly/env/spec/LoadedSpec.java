package dev.mayfly.env.spec;

import java.util.List;

/**
 * A spec whose files were read.
 *
 * @param references from bottom to top
 * @param live in the order in which they are mounted
 */
public record LoadedSpec(List<SpecItem.Reference> references, List<LiveLayer> live) {
    public LoadedSpec {
        references = List.copyOf(references);
        live = List.copyOf(live);
    }
}
