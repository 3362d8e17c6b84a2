package dev.mayfly.bench.env;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts {@link LiveViewsMain} as a process of its own, because memory is measured by process. */
public final class LiveViews {
    private static final long PATIENCE_SECONDS = 600;
    private static final long ENDS_WITHIN_SECONDS = 60;
    private static final double MEGABYTE = 1 << 20;

    /** Which front end shows them. */
    public enum Kind {
        EROFS,
        FUSE
    }

    /**
     * Resident memory in bytes.
     *
     * @param program the process that serves all views
     * @param keepers all processes of {@code mayfly-enter}, two for each view
     * @param keepersShare of that what is not shared with others (proportional set size)
     */
    public record Memory(int views, int stacks, long program, long keepers, long keepersShare) {
        /** Pages that processes share are counted once. */
        public double megabytes() {
            return (program + keepersShare) / MEGABYTE;
        }

        public double programMegabytes() {
            return program / MEGABYTE;
        }

        public double kilobytesPerView() {
            return keepersShare / 1024.0 / views;
        }
    }

    private LiveViews() {}

    /**
     * @param stacks of each its layers from bottom to top
     * @throws MayflyException with what the process said when it fails
     */
    public static Memory measure(Kind kind, Path farm, Path scratch, List<List<Digest>> stacks, int views)
            throws IOException, InterruptedException {
        Path result = scratch.resolve("live-" + kind);
        Path said = scratch.resolve("live-" + kind + ".err");
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path")));
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("mayfly."))
                .forEach(name -> line.add("-D" + name + "=" + System.getProperty(name)));
        line.addAll(List.of(
                LiveViewsMain.class.getName(),
                kind.name(),
                farm.toString(),
                scratch.toString(),
                Integer.toString(views),
                result.toString()));
        stacks.forEach(stack ->
                line.add(String.join("+", stack.stream().map(Digest::toString).toList())));
        Process process = new ProcessBuilder(line)
                .redirectError(said.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("the process with the views failed: "
                        + Files.readString(said).strip());
            }
        } finally {
            process.destroy();
            process.onExit()
                    .orTimeout(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)
                    .exceptionally(_ -> process.destroyForcibly())
                    .join();
        }
        String[] words = Files.readString(result).strip().split(" ", -1);
        return new Memory(
                views, stacks.size(), Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]));
    }
}
