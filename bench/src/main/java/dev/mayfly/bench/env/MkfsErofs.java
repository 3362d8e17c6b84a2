package dev.mayfly.bench.env;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The usual tool that makes EROFS images. Ours holds names only, its one the contents too. */
public record MkfsErofs(Path program) {
    private static final String NAME = "mkfs.erofs";

    /** On the path, or where administrators' programs are. */
    public static Optional<MkfsErofs> find(String path) {
        List<String> folders = Arrays.asList((path + ":/usr/sbin:/sbin:/usr/bin:/bin").split(":", -1));
        return folders.stream()
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, NAME))
                .filter(Files::isExecutable)
                .findFirst()
                .map(MkfsErofs::new);
    }

    /** @throws IOException with what it said when it fails */
    public void make(Path image, Path tree) throws IOException, InterruptedException {
        Files.deleteIfExists(image);
        Process process = new ProcessBuilder(program.toString(), image.toString(), tree.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(NAME + " failed: " + said.strip());
        }
    }
}
