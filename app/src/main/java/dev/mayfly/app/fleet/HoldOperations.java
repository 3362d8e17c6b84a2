package dev.mayfly.app.fleet;

import dev.mayfly.base.error.ExitCode;
import dev.mayfly.fleet.backend.vz.VzHolder;
import dev.mayfly.platform.linux.Libc;
import dev.mayfly.platform.objc.ObjcRuntime;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Is the process that has one machine of macOS. */
final class HoldOperations {
    /** Strings and numbers are of the first, machines of the second. */
    static final String[] FRAMEWORKS = {"Foundation", "Virtualization"};

    private HoldOperations() {}

    static int hold(FleetWords words, FleetSession session) throws InterruptedException {
        ObjcRuntime objc = ObjcRuntime.ofThisMac(FRAMEWORKS);
        // What is typed at the agent's terminal must not end the machine.
        Libc.setsid();
        PrintStream out = new PrintStream(session.standardOutput(), true, StandardCharsets.UTF_8);
        boolean was = VzHolder.serve(
                Path.of(words.argument(0)).toAbsolutePath(),
                objc,
                out,
                session.settings().serviceLog());
        return was ? ExitCode.GREEN.number() : ExitCode.INTERNAL.number();
    }
}
