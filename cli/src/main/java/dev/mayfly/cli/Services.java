package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.local.LocalClient;
import dev.mayfly.base.program.LocalProgram;
import dev.mayfly.base.program.LongCommand;
import dev.mayfly.base.program.Surroundings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/**
 * Decides who answers: the running service when its socket is alive, else the whole program in this process when it is
 * on the class path.
 */
final class Services {
    /** {@code off} keeps from asking a running service; set by the launcher script when it found the socket dead. */
    static final String SERVICE_VARIABLE = "MAYFLY_SERVICE";

    /** The class of the program; in the laid-out program from the services of its own jar, see {@code assemble.sh}. */
    private static final String PROGRAM_PROPERTY = "mayfly.program";

    private final Path home;
    private final Map<String, String> environment;

    Services(Path home, Map<String, String> environment) {
        this.home = home;
        this.environment = environment;
    }

    /** Must agree with {@code libexec/mayfly} and with what {@code up} binds. */
    Path socket() {
        return home.resolve("run").resolve("mayfly.sock");
    }

    /** The running service, when there is one that accepts connections. */
    Optional<LocalClient> running() {
        if ("off".equals(environment.get(SERVICE_VARIABLE)) || !Files.exists(socket())) {
            return Optional.empty();
        }
        return LocalClient.connect(socket());
    }

    /** The whole program, opened in this process; empty on the slim class path. */
    Optional<LocalProgram.Open> here(Map<String, String> flags) {
        return program().map(program -> program.open(new Surroundings(home, flags, environment)));
    }

    /**
     * The launcher script names the class, because to look for it means to open every jar, which takes as long as half
     * the start of a JVM. Without its help, or when the name is wrong, it is looked for.
     */
    private static Optional<LocalProgram> program() {
        String name = System.getProperty(PROGRAM_PROPERTY, "");
        if (!name.isEmpty()) {
            try {
                return Optional.of(Class.forName(name)
                        .asSubclass(LocalProgram.class)
                        .getConstructor()
                        .newInstance());
            } catch (ReflectiveOperationException | ClassCastException _) {
                // then by searching
            }
        }
        return ServiceLoader.load(LocalProgram.class).findFirst();
    }

    LongCommand longCommand(String name) {
        for (LongCommand command : ServiceLoader.load(LongCommand.class)) {
            if (command.name().equals(name)) {
                return command;
            }
        }
        throw new MayflyException(
                ErrorCode.INTERNAL,
                "'" + name + "' is not part of this program",
                "it was started with the slim class path",
                "start it through ./mayfly, which chooses the right one");
    }
}
