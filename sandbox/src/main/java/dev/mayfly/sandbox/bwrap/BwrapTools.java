package dev.mayfly.sandbox.bwrap;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The programs that this backend is made of, as absolute paths.
 *
 * @param stat compares what a box got with what it was granted
 * @param setpriv drops to the slot's user id; a service that is not root can do without
 * @param unshare makes a process namespace around bubblewrap; a service that is not root can do without
 * @param mount for private file systems of limited size; both empty when the service is not root
 */
public record BwrapTools(
        Path bwrap,
        Path shell,
        Path env,
        Path stat,
        Optional<Path> setpriv,
        Optional<Path> unshare,
        Optional<Path> mount,
        Optional<Path> umount) {
    private static final List<String> FOLDERS = List.of("usr/bin", "bin", "usr/sbin", "sbin", "usr/local/bin");

    /**
     * Looks for them below {@code root}.
     *
     * @param asRoot whether the service is root; then bubblewrap itself must not be: run by root it would protect
     *     nothing by user id
     */
    public static BwrapTools find(Path root, boolean asRoot) {
        List<String> missing = new ArrayList<>();
        List<String> luxury = new ArrayList<>();
        Optional<Path> bwrap = program(root, "bwrap", missing);
        Optional<Path> shell = program(root, "sh", missing);
        Optional<Path> env = program(root, "env", missing);
        Optional<Path> stat = program(root, "stat", missing);
        Optional<Path> setpriv = program(root, "setpriv", asRoot ? missing : luxury);
        Optional<Path> unshare = program(root, "unshare", asRoot ? missing : luxury);
        Optional<Path> mount = asRoot ? program(root, "mount", missing) : Optional.empty();
        Optional<Path> umount = asRoot ? program(root, "umount", missing) : Optional.empty();
        if (bwrap.isEmpty() || shell.isEmpty() || env.isEmpty() || stat.isEmpty() || !missing.isEmpty()) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_UNAVAILABLE,
                    "the bwrap backend lacks programs",
                    "not found: " + String.join(", ", missing),
                    "install bubblewrap 0.8 or newer and util-linux (Debian: apt-get install bubblewrap util-linux)");
        }
        return new BwrapTools(bwrap.get(), shell.get(), env.get(), stat.get(), setpriv, unshare, mount, umount);
    }

    private static Optional<Path> program(Path root, String name, List<String> missing) {
        Optional<Path> found = FOLDERS.stream()
                .map(folder -> root.resolve(folder).resolve(name))
                .filter(Files::isExecutable)
                .findFirst();
        if (found.isEmpty()) {
            missing.add(name);
        }
        return found;
    }
}
