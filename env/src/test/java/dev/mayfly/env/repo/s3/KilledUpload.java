package dev.mayfly.env.repo.s3;

import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Repository;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A process of its own that sends one content, so that it can be killed: port, prefix, file, folder. */
final class KilledUpload {
    private KilledUpload() {}

    public static void main(String[] args) throws IOException {
        try (Repository repository = S3Repository.open(
                        Stores.at(Integer.parseInt(args[0]), args[1]), Stores.options(Path.of(args[3])), Stores.key());
                Ingest ingest = repository.ingest();
                InputStream content = Files.newInputStream(Path.of(args[2]))) {
            ingest.payload(content);
            ingest.publish();
        }
    }
}
