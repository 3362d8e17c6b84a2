package dev.mayfly.bench;

import dev.mayfly.platform.linux.OpenFlag;
import dev.mayfly.platform.linux.PosixSpawn;
import dev.mayfly.platform.linux.PosixSpawn.Opened;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A program that is started the cheapest way there is: posix_spawn, streams on the null device, no thread that reads
 * them.
 *
 * @param more files for descriptors from 3 on
 */
record Peer(List<String> argv, List<String> environment, List<Path> more) {
    private static final Path NULL = Path.of("/dev/null");

    Peer {
        argv = List.copyOf(argv);
        environment = List.copyOf(environment);
        more = List.copyOf(more);
    }

    static List<String> lines(Map<String, String> environment) {
        return environment.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .sorted()
                .toList();
    }

    /** @throws IllegalStateException when it does not end with this code */
    void run(int expected) {
        int code = run(NULL);
        if (code != expected) {
            throw new IllegalStateException(argv.getFirst() + " ended with " + code);
        }
    }

    /** What it says on stderr when it does not end with 0; empty when it does. */
    String complaint(Path scratch) {
        Path stderr = scratch.resolve("stderr");
        try {
            Files.write(stderr, new byte[0]);
            int code = run(stderr);
            return code == 0
                    ? ""
                    : "it ended with " + code + ": " + Files.readString(stderr).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int run(Path stderr) {
        List<Opened> files = new ArrayList<>(List.of(
                new Opened(0, NULL, OpenFlag.RDONLY),
                new Opened(1, NULL, OpenFlag.WRONLY),
                new Opened(2, stderr, OpenFlag.WRONLY)));
        for (Path file : more) {
            files.add(new Opened(files.size(), file, OpenFlag.RDONLY));
        }
        return PosixSpawn.await(PosixSpawn.start(argv, environment, files));
    }
}
