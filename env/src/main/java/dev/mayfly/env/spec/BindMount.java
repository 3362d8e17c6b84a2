package dev.mayfly.env.spec;

import java.nio.file.Path;

/**
 * A folder or file of this machine that is shown in an environment.
 *
 * @param source absolute and without links when it was read; whoever mounts it has to look again
 * @param destination below the root of the environment, names with slashes between, none of them {@code ..}
 */
public record BindMount(Path source, String destination) {}
