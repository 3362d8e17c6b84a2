package dev.mayfly.sandbox.allow;

import dev.mayfly.sandbox.box.HostBind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Refuses to show a job a part of the host through which it could take the host over: system folders, homes, keys,
 * sockets of container runtimes, and Mayfly's own state. Checked twice: on the text when a policy is read, and on the
 * real path, with every symlink resolved, before each run.
 */
public final class BindGuard {
    /** Neither these, nor anything below them, nor a folder that holds them. */
    private static final List<String> SYSTEM = List.of(
            "/proc",
            "/sys",
            "/dev",
            "/etc",
            "/root",
            "/boot",
            "/run",
            "/var/run",
            "/var/spool",
            "/var/log",
            "/var/lib/docker",
            "/var/lib/containerd",
            "/var/lib/containers",
            "/var/lib/kubelet",
            "/var/lib/dpkg",
            "/usr",
            "/bin",
            "/sbin",
            "/lib",
            "/lib32",
            "/lib64",
            "/libx32",
            "/System",
            "/Library",
            "/private/etc",
            "/private/var");

    /** A folder or file of this name holds credentials wherever it is. */
    private static final Set<String> SECRETS = Set.of(
            ".ssh",
            ".aws",
            ".gnupg",
            ".kube",
            ".docker",
            ".azure",
            ".netrc",
            ".git-credentials",
            ".mayfly",
            ".config",
            ".npmrc",
            ".pypirc",
            "docker.sock",
            "containerd.sock",
            "podman.sock",
            "crio.sock");

    private final Path stateFolder;

    /** @param stateFolder where this installation keeps its own state; may not exist yet */
    public BindGuard(Path stateFolder) {
        this.stateFolder = stateFolder.toAbsolutePath().normalize();
    }

    /** Why the text of a pattern is too dangerous for a policy; empty when it is not. */
    public static Optional<String> objection(FsPattern pattern) {
        if (pattern.path().isEmpty()) {
            return Optional.of("it is the whole file system");
        }
        return lexical(pattern.path());
    }

    private static Optional<String> lexical(String path) {
        for (String system : SYSTEM) {
            if (path.equals(system) || path.startsWith(system + "/")) {
                return Optional.of("it is or lies in " + system + ", which belongs to the host");
            }
            if (system.startsWith(path + "/")) {
                return Optional.of("it holds " + system + ", which belongs to the host");
            }
        }
        String[] segments = path.substring(1).split("/", -1);
        boolean home = segments[0].equals("home") || segments[0].equals("Users");
        if (home && segments.length < 3) {
            return Optional.of("it is a home folder");
        }
        for (String segment : segments) {
            if (SECRETS.contains(segment)) {
                return Optional.of("'" + segment + "' holds credentials or a door to the host");
            }
        }
        return Optional.empty();
    }

    /** What a look at the host gave: binds to make, or why some of them must not be made. */
    public record Admission(List<HostBind> binds, List<String> objections) {
        public Admission {
            binds = List.copyOf(binds);
            objections = List.copyOf(objections);
        }
    }

    /** Looks at the host now. The binds name real paths, so that a link changed later leads nowhere else. */
    public Admission admit(List<WantedBind> wanted) {
        List<HostBind> binds = new ArrayList<>();
        List<String> objections = new ArrayList<>();
        for (WantedBind bind : wanted) {
            String path = bind.place().path();
            try {
                Path real = Path.of(path).toRealPath();
                Optional<String> why = objection(bind, real);
                why.ifPresentOrElse(
                        text -> objections.add(path + ": " + text),
                        () -> binds.add(new HostBind(real, path, bind.writable())));
            } catch (NoSuchFileException e) {
                objections.add(path + ": there is no such file or folder on this host");
            } catch (IOException e) {
                objections.add(path + ": it cannot be looked at: " + e);
            }
        }
        return new Admission(binds, objections);
    }

    private Optional<String> objection(WantedBind bind, Path real) {
        boolean folder = Files.isDirectory(real, LinkOption.NOFOLLOW_LINKS);
        if (!folder && !Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.of("it is neither a folder nor a regular file");
        }
        if (folder != bind.place().subtree()) {
            return Optional.of(
                    folder ? "it is a folder: write it with /** at the end" : "it is a file: write it without /**");
        }
        if (real.getNameCount() == 0) {
            return Optional.of("it leads to the root folder");
        }
        // An earlier job may have put a link there, to be shown what it points to by the next one.
        Path within = realOrSelf(Path.of(bind.within().path()));
        if (!real.startsWith(within)) {
            return Optional.of("it leads to " + real + ", out of " + bind.within() + " that the policy gives");
        }
        Path state = realOrSelf(stateFolder);
        if (real.startsWith(state) || state.startsWith(real)) {
            return Optional.of("it is, lies in or holds the state folder of this installation");
        }
        Optional<String> why = lexical(real.toString());
        boolean linked = !real.toString().equals(bind.place().path());
        return linked ? why.map(text -> "it leads to " + real + ": " + text) : why;
    }

    private static Path realOrSelf(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;
        }
    }
}
