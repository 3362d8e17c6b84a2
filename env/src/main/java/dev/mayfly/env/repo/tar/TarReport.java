package dev.mayfly.env.repo.tar;

import dev.mayfly.env.object.Tag;
import java.util.List;

/**
 * What an import took.
 *
 * @param bytes of payloads
 * @param leftOut members that are no content, such as renders and namespaces of tags
 * @param tags oldest first within a stream
 */
public record TarReport(long objects, long payloads, long bytes, long leftOut, List<Tag> tags) {
    public TarReport {
        tags = List.copyOf(tags);
    }
}
