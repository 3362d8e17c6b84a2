package dev.mayfly.sandbox.bwrap;

import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.BackendContract;
import dev.mayfly.sandbox.box.Exit;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.choose.HostBackends;
import dev.mayfly.sandbox.choose.Preference;
import dev.mayfly.testkit.Needs;
import java.nio.file.Path;
import java.time.Duration;

class BwrapBackendTest extends BackendContract {
    @Override
    protected Backend open(Path state) throws Exception {
        Needs.linux();
        Needs.root();
        Needs.command("bwrap");
        HostBackends host = new HostBackends(
                new LauncherBinary.Missing("not built", "apt-get install gcc"),
                state,
                2,
                Duration.ofSeconds(30),
                SlotNetworks.none("not in this test"),
                "Linux");
        return host.choose(Preference.BWRAP).backend();
    }

    /** bubblewrap's init turns a signal into an exit code, as a shell does. */
    @Override
    protected Exit endedBy(int signal) {
        return new Exit.Exited(128 + signal);
    }
}
