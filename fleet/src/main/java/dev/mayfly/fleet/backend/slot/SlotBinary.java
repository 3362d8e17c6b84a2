package dev.mayfly.fleet.backend.slot;

import dev.mayfly.platform.LauncherBinary;

/** Where the program {@code mayfly-slot} is, or why there is none. */
public final class SlotBinary {
    private static final String FILE_NAME = "mayfly-slot";

    private SlotBinary() {}

    /** By the same rules as the launcher. */
    public static LauncherBinary locate() {
        return LauncherBinary.locate(
                new LauncherBinary.Names("mayfly.slot", "MAYFLY_SLOT", FILE_NAME, FILE_NAME), SlotBinary.class);
    }
}
