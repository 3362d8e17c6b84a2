package dev.mayfly.fleet.backend.qemu;

import java.nio.file.Path;

/** Where a machine's memory comes from. */
sealed interface Memory {
    /** Empty, and gone with its process. */
    record Fresh() implements Memory {}

    /** Empty, and a file that stays. */
    record Kept(Path file) implements Memory {}

    /** What a file has; what the machine writes is its own. It waits for the state that belongs to the file. */
    record Shared(Path file) implements Memory {}
}
