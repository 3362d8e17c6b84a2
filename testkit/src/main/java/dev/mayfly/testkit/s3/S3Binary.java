package dev.mayfly.testkit.s3;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A server program that speaks the protocol of Amazon S3, one of those that {@link S3Server} can start. */
public record S3Binary(Path path, Kind kind) {
    /** Programs by what they are called. */
    public enum Kind {
        /** A gateway to folders, which people use; it checks who asks. */
        VERSITYGW,
        /** Made for tests, small and built soon; it lets everybody in. */
        GOFAKES3;

        String command() {
            return this == VERSITYGW ? "versitygw" : "gofakes3";
        }
    }

    /** The first one: named by MAYFLY_S3_SERVER, on the path, provided by {@code s3-server.sh}. */
    public static Optional<S3Binary> find() {
        List<Path> folders = new ArrayList<>();
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            folders.add(Path.of(folder.isEmpty() ? "." : folder));
        }
        // Tests of a room run in its folder, the tools are at the top of the repository.
        for (Path up = Path.of("").toAbsolutePath(); up != null; up = up.getParent()) {
            folders.add(up.resolve(".mayfly/tools"));
        }
        List<S3Binary> candidates = new ArrayList<>();
        String named = System.getenv().getOrDefault("MAYFLY_S3_SERVER", "");
        for (Kind kind : Kind.values()) {
            if (!named.isEmpty() && Path.of(named).endsWith(kind.command())) {
                candidates.addFirst(new S3Binary(Path.of(named), kind));
            }
            folders.forEach(folder -> candidates.add(new S3Binary(folder.resolve(kind.command()), kind)));
        }
        return candidates.stream()
                .filter(each -> Files.isExecutable(each.path()) && !Files.isDirectory(each.path()))
                .findFirst();
    }
}
