package dev.mayfly.env.runtime;

import java.nio.file.Path;

/**
 * A file or folder of the host that stands in the view, as live layers ask for.
 *
 * @param root a folder; the path from it may neither leave it nor lead over links
 * @param from below the root; {@code .} for itself
 * @param to below the view's root, where a file or folder of the view must be
 */
public record LiveBind(Path root, String from, String to, boolean writable) {}
