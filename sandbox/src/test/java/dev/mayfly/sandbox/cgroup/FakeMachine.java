package dev.mayfly.sandbox.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A directory that looks like the /proc and /sys/fs/cgroup of some machine. */
final class FakeMachine {
    private final Path root;
    private final StringBuilder mounts = new StringBuilder("22 1 0:21 / /proc rw shared:1 - proc proc rw\n");
    private final StringBuilder own = new StringBuilder();

    FakeMachine(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    FakeMachine v1(String controllers) throws IOException {
        Path mount = Files.createDirectories(root.resolve("sys/fs/cgroup").resolve(controllers));
        Files.writeString(mount.resolve("cgroup.procs"), "");
        mounts.append("30 22 0:30 / /sys/fs/cgroup/" + controllers + " rw,relatime shared:2 - cgroup cgroup rw,"
                + controllers + "\n");
        return this;
    }

    /** A v2 tree with these controllers; the root of a real tree has no cgroup.type. */
    Path v2(String at, String controllers) throws IOException {
        Path mount = group(root.resolve(at.substring(1)), controllers, false);
        mounts.append("40 22 0:40 / " + at.replace(" ", "\\040") + " rw - cgroup2 cgroup2 rw,nsdelegate\n");
        own.append("0::/\n");
        return mount;
    }

    static Path group(Path group, String controllers, boolean child) throws IOException {
        Files.createDirectories(group);
        Files.writeString(group.resolve("cgroup.procs"), "");
        Files.writeString(group.resolve("cgroup.controllers"), controllers + "\n");
        Files.writeString(group.resolve("cgroup.subtree_control"), "");
        if (child) {
            Files.writeString(group.resolve("cgroup.type"), "domain\n");
        }
        return group;
    }

    void own(String line) {
        own.setLength(0);
        own.append(line);
    }

    CgroupLayout detect() throws IOException {
        Path self = Files.createDirectories(root.resolve("proc/self"));
        Files.writeString(self.resolve("mountinfo"), mounts);
        Files.writeString(self.resolve("cgroup"), own);
        return CgroupLayout.detect(root);
    }

    void process(long pid, long start) throws IOException {
        Path process = Files.createDirectories(root.resolve("proc").resolve(Long.toString(pid)));
        Files.writeString(
                process.resolve("stat"),
                pid + " (a (b) c) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 " + start + " 0 0\n");
    }
}
