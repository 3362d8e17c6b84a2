package dev.mayfly.sandbox.launcher;

import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.testkit.Needs;

/** The launcher that the build made, or a skip that says why there is none. */
public final class BuiltLauncher {
    private BuiltLauncher() {}

    public static LauncherBinary locate() {
        LauncherBinary launcher = LauncherBinary.locate();
        if (launcher instanceof LauncherBinary.Missing missing) {
            Needs.that(false, "launcher", missing.why());
        }
        return launcher;
    }
}
