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
        int exitCode = new Cli(System.getenv(), System.getProperty("user.home", "."), console).run(List.of(arguments));
        System.exit(exitCode);
    }
}
