package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Starts the same command line once more with the whole program on its class path.
 *
 * <p>Needed only when the launcher script saw a service that turned out to be dead: its process number was taken over by
 * a stranger, or it died in between. The script looks first because a second start costs more than the first one.
 */
final class Relaunch {
    /** Thrown when nobody in reach answers; carries no stack because it is an ordinary outcome. */
    static final class Needed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Needed() {
            super("nobody answers in this process", null, false, false);
        }
    }

    private final Optional<String> script;
    private final List<String> arguments;

    Relaunch(Optional<String> script, List<String> arguments) {
        this.script = script;
        this.arguments = arguments;
    }

    int run() throws InterruptedException {
        if (script.isEmpty()) {
            throw unreachable("the program was not started through its launcher script");
        }
        List<String> command = new ArrayList<>();
        command.add(script.get());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put(Services.SERVICE_VARIABLE, "off");
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw unreachable(String.valueOf(e.getMessage()));
        }
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "mayfly-relaunch"));
        return process.waitFor();
    }

    private static MayflyException unreachable(String why) {
        return new MayflyException(
                ErrorCode.SERVICE_UNREACHABLE,
                "nobody answers: the service is gone, and the program could not be started instead",
                why,
                "start it through ./mayfly, or start the service: mayfly up");
    }
}
