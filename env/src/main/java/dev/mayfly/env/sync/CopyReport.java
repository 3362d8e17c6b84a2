package dev.mayfly.env.sync;

import dev.mayfly.env.object.Tag;
import java.util.List;

/**
 * What a copy did.
 *
 * @param total counts at its end
 * @param tags that name what was copied, oldest first within a stream; they are in the destination now
 */
public record CopyReport(CopyProgress total, List<Tag> tags) {
    public CopyReport {
        tags = List.copyOf(tags);
    }
}
