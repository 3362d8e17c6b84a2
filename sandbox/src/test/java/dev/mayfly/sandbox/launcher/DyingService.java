package dev.mayfly.sandbox.launcher;

import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.Boxes;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.choose.HostBackends;
import dev.mayfly.sandbox.choose.Preference;
import java.nio.file.Path;
import java.time.Duration;

/** A service for a test to kill: runs one job that never ends. Arguments: state directory, backend, the job. */
public final class DyingService {
    private DyingService() {}

    public static void main(String[] arguments) throws Exception {
        HostBackends host = new HostBackends(
                LauncherBinary.locate(),
                Path.of(arguments[0]),
                1,
                Duration.ofSeconds(10),
                SlotNetworks.none("not in this test"),
                "Linux");
        Backend backend = host.choose(Preference.of(arguments[1])).backend();
        backend.run(Boxes.sh(arguments[2]).outputs("*").spec());
    }
}
