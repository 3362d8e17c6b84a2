package dev.mayfly.bench;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.box.SyscallProfile;
import dev.mayfly.sandbox.image.RuntimeImage;
import dev.mayfly.sandbox.slot.SeccompFilters;
import dev.mayfly.sandbox.slot.SyscallFilters.Denial;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * bubblewrap with the isolation of our box: all namespaces, the same allowlisted root, private file systems with a size,
 * no capabilities, the same system-call filter. What it cannot do is left out in its favour: control groups, a user id
 * of the slot, evidence, the output itself.
 */
final class Bubblewrap {
    private static final List<Path> PLACES = List.of(Path.of("/usr/bin/bwrap"), Path.of("/usr/local/bin/bwrap"));
    private static final long DISK_BYTES = 64L << 20;

    private Bubblewrap() {}

    /** @throws MayflyException when this machine has no filter or no image can be made */
    static Peer of(Path scratch, List<String> command) throws IOException {
        Path program = PLACES.stream()
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IOException("there is no bwrap; apt-get install bubblewrap"));
        Path filter = Files.write(
                scratch.resolve("filter"), SeccompFilters.ofThisMachine().filter(SyscallProfile.DEFAULT, Denial.ERRNO));
        List<String> line = new ArrayList<>(List.of(program.toString(), "--unshare-all", "--unshare-user"));
        line.addAll(List.of("--uid", "1000", "--gid", "1000", "--hostname", RuntimeImage.HOSTNAME));
        line.addAll(List.of("--die-with-parent", "--new-session", "--cap-drop", "ALL", "--seccomp", "3"));
        RuntimeImage image = RuntimeImage.of(Path.of("/"), scratch.resolve("image"));
        image.binds()
                .forEach(bind -> line.addAll(List.of("--ro-bind", bind.host().toString(), bind.target())));
        image.links().forEach(link -> line.addAll(List.of("--symlink", link.content(), link.path())));
        line.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
        for (String folder : List.of("/tmp", "/workspace")) {
            line.addAll(List.of("--size", Long.toString(DISK_BYTES), "--tmpfs", folder));
        }
        line.addAll(List.of("--remount-ro", "/", "--chdir", "/workspace", "--"));
        line.addAll(command);
        return new Peer(line, List.of("PATH=/usr/bin:/bin"), List.of(filter));
    }
}
