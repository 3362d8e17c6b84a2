package dev.mayfly.env.faults;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.fs.FsRepository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** A process that writes to the repository in its argument until it is told that there is no room, and then waits for its end. */
final class DyingCommit {
    private static final int SIZE = 1_000_000;

    private DyingCommit() {}

    /** Prints the code of the error. */
    static Process start(Path root) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DyingCommit.class.getName(),
                        root.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String... arguments) throws Exception {
        FsRepository repository = FsRepository.open(Path.of(arguments[0]));
        Ingest ingest = repository.ingest();
        Random random = new Random(1);
        try {
            while (true) {
                byte[] content = new byte[SIZE];
                random.nextBytes(content);
                ingest.payload(new ByteArrayInputStream(content));
            }
        } catch (MayflyException e) {
            System.out.println(e.code().name());
        }
        Thread.sleep(Long.MAX_VALUE);
    }
}
