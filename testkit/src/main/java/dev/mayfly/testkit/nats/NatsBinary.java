package dev.mayfly.testkit.nats;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A nats-server program.
 *
 * @param path where it is
 * @param major first number of its version
 * @param minor second number of its version
 */
public record NatsBinary(Path path, int major, int minor) {
    private static final Pattern VERSION = Pattern.compile("v(\\d{1,4})\\.(\\d{1,4})\\.");

    /** The first of 2.10 or newer: named by MAYFLY_NATS_SERVER, on the path, provided by {@code nats-server.sh}. */
    public static Optional<NatsBinary> find() {
        return candidates("nats-server").stream()
                .map(NatsBinary::ask)
                .flatMap(Optional::stream)
                .filter(NatsBinary::supported)
                .findFirst();
    }

    /** The first older than 2.10, for tests of refusing it. */
    public static Optional<NatsBinary> findOld() {
        List<Path> candidates = new ArrayList<>(candidates("nats-server-old"));
        candidates.addAll(candidates("nats-server"));
        return candidates.stream()
                .map(NatsBinary::ask)
                .flatMap(Optional::stream)
                .filter(each -> !each.supported())
                .findFirst();
    }

    private boolean supported() {
        return major > 2 || (major == 2 && minor >= 10);
    }

    private static List<Path> candidates(String name) {
        List<Path> candidates = new ArrayList<>();
        String named = System.getenv().getOrDefault("MAYFLY_NATS_SERVER", "");
        if (!named.isEmpty()) {
            candidates.add(Path.of(named));
        }
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            candidates.add(Path.of(folder.isEmpty() ? "." : folder, name));
        }
        // Tests of a room run in its folder, the tools are at the top of the repository.
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            candidates.add(up.resolve(".mayfly/tools").resolve(name));
        }
        return candidates.stream().filter(Files::isExecutable).toList();
    }

    private static Optional<NatsBinary> ask(Path program) {
        try (InputStream said = new ProcessBuilder(program.toString(), "--version")
                .redirectErrorStream(true)
                .start()
                .getInputStream()) {
            Matcher version = VERSION.matcher(new String(said.readNBytes(200), StandardCharsets.UTF_8));
            return version.find()
                    ? Optional.of(new NatsBinary(
                            program, Integer.parseInt(version.group(1)), Integer.parseInt(version.group(2))))
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
