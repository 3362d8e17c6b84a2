package dev.mayfly.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Where the process starts and, with the exit code of the command, ends. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // Not System.out, which keeps quiet about what it could not write.
        Console console = new Console(System.in, new FileOutputStream(FileDescriptor.out), System.err, terminal());
        int exitCode = new Cli(System.getenv(), home(System.getenv().getOrDefault("HOME", "")), console)
                .run(List.of(arguments));
        System.exit(exitCode);
    }

    /** Asked of the kernel by a name, which costs less than a call of isatty(3) at every start; elsewhere lines just follow. */
    private static boolean terminal() {
        try {
            String name = Path.of("/proc/self/fd/2").toRealPath().toString();
            return name.startsWith("/dev/pts/") || name.startsWith("/dev/tty");
        } catch (IOException e) {
            return false;
        }
    }

    /** HOME as in ./mayfly and every shell; the JVM's own answer is what the user database says, whatever HOME is. */
    private static String home(String variable) {
        return variable.isEmpty() ? System.getProperty("user.home", ".") : variable;
    }
}
