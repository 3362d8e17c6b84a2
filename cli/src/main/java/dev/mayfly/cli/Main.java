package dev.mayfly.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.util.List;

/** Where the process starts and, with the exit code of the command, ends. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // Not System.out, which keeps quiet about what it could not write.
        Console console = new Console(System.in, new FileOutputStream(FileDescriptor.out), System.err);
        int exitCode = new Cli(System.getenv(), home(System.getenv().getOrDefault("HOME", "")), console)
                .run(List.of(arguments));
        System.exit(exitCode);
    }

    /** HOME as in ./mayfly and every shell; the JVM's own answer is what the user database says, whatever HOME is. */
    private static String home(String variable) {
        return variable.isEmpty() ? System.getProperty("user.home", ".") : variable;
    }
}
