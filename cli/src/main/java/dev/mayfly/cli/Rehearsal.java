package dev.mayfly.cli;

import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Runs several command lines in one process and throws away what they print: what the build records to make a start-up
 * cache from. Ends with 0 whatever they answer, because a machine without a sandbox still has classes to load.
 */
public final class Rehearsal {
    private Rehearsal() {}

    /** Each argument is one command line, its words parted by single spaces. */
    public static void main(String[] commandLines) {
        Console console = new Console(
                new ByteArrayInputStream(new byte[0]),
                OutputStream.nullOutputStream(),
                new PrintStream(System.err, true, StandardCharsets.UTF_8));
        for (String line : commandLines) {
            Cli cli = new Cli(System.getenv(), System.getProperty("user.home", "."), console);
            int exitCode = cli.run(List.of(line.split(" ")));
            System.err.println(line + " -> " + exitCode);
        }
        System.exit(0);
    }
}
