package dev.mayfly.env.repo.fs;

import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Ingest;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A process of its own that writes to a repository: {@code ROOT push|commit NAME COUNT}. */
final class Child {
    static final String USER = "child@test";
    private static final int FILES = 6;

    private Child() {}

    static Process start(Path root, String what, String name, int count, Path output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Child.class.getName(),
                        root.toString(),
                        what,
                        name,
                        Integer.toString(count))
                .redirectErrorStream(true)
                .redirectOutput(new File(output.toString()))
                .start();
    }

    public static void main(String... arguments) throws IOException {
        TagName name = TagName.parse(arguments[2]);
        try (FsRepository repository = FsRepository.open(Path.of(arguments[0]))) {
            for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
                if (arguments[1].equals("push")) {
                    repository.tags().push(name, target(ProcessHandle.current().pid(), i), USER);
                } else {
                    commit(repository, name, ProcessHandle.current().pid() * 1000 + i);
                }
            }
        }
    }

    static Digest target(long process, int number) {
        return Digest.of((process + "/" + number).getBytes(StandardCharsets.UTF_8));
    }

    private static void commit(FsRepository repository, TagName name, long seed) throws IOException {
        Random random = new Random(seed);
        try (Ingest ingest = repository.ingest()) {
            List<Annotation> names = new ArrayList<>();
            for (int i = 0; i < FILES; i++) {
                byte[] content = new byte[i == 0 ? 300_000 : random.nextInt(9000)];
                random.nextBytes(content);
                Digest payload =
                        ingest.payload(new ByteArrayInputStream(content)).digest();
                names.add(new Annotation("file" + i, new Annotation.Stored(payload)));
            }
            Digest layer = ingest.object(new Layer(Optional.empty(), names));
            ingest.publish();
            repository.tags().push(name, layer, USER);
        }
    }
}
