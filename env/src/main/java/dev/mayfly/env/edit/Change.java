package dev.mayfly.env.edit;

import dev.mayfly.env.object.RawName;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One difference.
 *
 * @param path names from the root
 */
public record Change(List<RawName> path, Kind kind) {
    /** Changed: another content, kind or mode under the same name. */
    public enum Kind {
        ADDED,
        CHANGED,
        REMOVED
    }

    public Change {
        path = List.copyOf(path);
    }

    /** For people, beginning with a slash. */
    public String text() {
        return path.stream().map(name -> "/" + name).collect(Collectors.joining());
    }
}
