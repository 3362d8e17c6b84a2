package dev.mayfly.fleet.backend.qemu;

import dev.mayfly.fleet.backend.machine.Bundle;
import java.nio.file.Path;

/** What QEMU has in a bundle beside what every machine has. */
final class QemuFiles {
    private static final String CONTROL = "qmp.sock";

    /** On the command line of each machine, and of nothing else that works in such a folder. */
    static final String CONTROL_OPTION = "unix:" + CONTROL + ",server=on,wait=off";

    private QemuFiles() {}

    /** QEMU's control socket. */
    static Path control(Bundle bundle) {
        return bundle.folder().resolve(CONTROL);
    }

    /** Through which QEMU says or hears a machine's state. */
    static Path state(Bundle bundle) {
        return bundle.folder().resolve("state.sock");
    }
}
