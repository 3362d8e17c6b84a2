package dev.mayfly.sandbox.image;

import dev.mayfly.base.error.ErrorCode;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What of the host is in a job's root. Every mount costs in each run, so /etc is one prepared directory and what the
 * host has as a link into /usr stays a link.
 *
 * @param binds host path to the same or another path inside, all read-only
 * @param links symbolic links to make in the root
 */
public record RuntimeImage(List<Bind> binds, List<Link> links) {
    /** The name of every box; fixed, because it is visible to programs. */
    public static final String HOSTNAME = "box";

    private static final List<String> TOP = List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");

    public RuntimeImage {
        binds = List.copyOf(binds);
        links = List.copyOf(links);
    }

    /** A host path seen at {@code target}. */
    public record Bind(Path host, String target) {}

    /** A symbolic link at {@code path}. */
    public record Link(String content, String path) {}

    /**
     * Looks at the host and prepares /etc.
     *
     * @param root what {@code /} is, for tests
     * @param directory where the prepared /etc goes; made when missing
     */
    public static RuntimeImage of(Path root, Path directory) {
        List<Bind> binds = new ArrayList<>();
        List<Link> links = new ArrayList<>();
        binds.add(new Bind(root.resolve("usr"), "/usr"));
        for (String name : TOP) {
            Path path = root.resolve(name);
            if (Files.isSymbolicLink(path)) {
                links.add(new Link(readLink(path), "/" + name));
            } else if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                binds.add(new Bind(path, "/" + name));
            }
        }
        Path nix = root.resolve("nix/store");
        if (Files.isDirectory(nix)) {
            binds.add(new Bind(nix, "/nix/store"));
        }
        binds.add(new Bind(new EtcImage(root.resolve("etc"), directory).prepare(), "/etc"));
        return new RuntimeImage(binds, links);
    }

    private static String readLink(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (java.io.IOException e) {
            throw EtcImage.failed(ErrorCode.SANDBOX_SETUP, path, e);
        }
    }
}
