package dev.mayfly.testkit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** Lists what belongs to this process and what bears our name on the machine, one line a thing. */
final class Belongings {
    private static final Path PROC = Path.of("/proc");
    private static final int CGROUP_DEPTH = 8;

    private final String mark;

    Belongings(String mark) {
        this.mark = mark;
    }

    Set<String> list() {
        Set<String> things = new TreeSet<>();
        processes(things);
        if (Files.isDirectory(PROC.resolve("self"))) {
            strayProcesses(things);
            mountsAndCgroups(things);
            descriptors(things);
        }
        return things;
    }

    private static void processes(Set<String> things) {
        long self = ProcessHandle.current().pid();
        ProcessHandle.current().descendants().forEach(process -> {
            things.add("process " + process.pid() + " "
                    + process.info().commandLine().orElse("(" + commandOf(process.pid()) + ")"));
            String net = link(PROC.resolve(process.pid() + "/ns/net"));
            if (!net.isEmpty() && !net.equals(link(PROC.resolve(self + "/ns/net")))) {
                things.add("network namespace " + net + " of process " + process.pid());
            }
        });
    }

    private static String commandOf(long pid) {
        try {
            return Files.readString(PROC.resolve(pid + "/comm")).strip();
        } catch (IOException e) {
            return "gone";
        }
    }

    /** A daemon is no descendant any more; its command line may still give it away. */
    private void strayProcesses(Set<String> things) {
        if (mark.isEmpty()) {
            return;
        }
        long self = ProcessHandle.current().pid();
        for (Path entry : entries(PROC)) {
            String name = String.valueOf(entry.getFileName());
            if (!isNumber(name) || Long.parseLong(name) == self) {
                continue;
            }
            try {
                String line = new String(Files.readAllBytes(entry.resolve("cmdline")), StandardCharsets.UTF_8);
                if (line.contains(mark)) {
                    things.add("process " + name + " " + line.replace('\0', ' ').strip());
                }
            } catch (IOException e) {
                // It has ended meanwhile.
            }
        }
    }

    /** proc_pid_mountinfo(5): id, parent, device, root, mount point, options, optional fields, "-", type, source. */
    private void mountsAndCgroups(Set<String> things) {
        try {
            for (String line : Files.readAllLines(PROC.resolve("self/mountinfo"))) {
                String[] fields = line.split(" ", -1);
                int dash = line.indexOf(" - ");
                String type = dash < 0 ? "" : line.substring(dash + 3).split(" ", 2)[0];
                if (line.contains(mark)) {
                    things.add("mount " + fields[4] + " type " + type + " id " + fields[0]);
                }
                if (type.equals("cgroup") || type.equals("cgroup2")) {
                    cgroups(Path.of(fields[4]), CGROUP_DEPTH, things);
                }
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        for (Path named : entries(Path.of("/run/netns"))) {
            if (named.toString().contains(mark)) {
                things.add("network namespace " + named);
            }
        }
    }

    private void cgroups(Path directory, int depth, Set<String> things) {
        if (depth == 0) {
            return;
        }
        for (Path entry : entries(directory)) {
            if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                boolean ours = String.valueOf(entry.getFileName()).startsWith("mayfly");
                if (mark.isEmpty() ? ours : entry.toString().contains(mark)) {
                    things.add("cgroup " + entry);
                }
                cgroups(entry, depth - 1, things);
            }
        }
    }

    /** What the JDK opens for itself and keeps is left out: class path, run-time image, libraries, its pollers. */
    private static void descriptors(Set<String> things) {
        for (Path entry : entries(PROC.resolve("self/fd"))) {
            String target = link(entry);
            boolean jdk = target.isEmpty()
                    || target.endsWith(".jar")
                    || target.endsWith("/lib/modules")
                    || target.endsWith(".so")
                    || target.startsWith("anon_inode:")
                    || target.startsWith("/dev/")
                    || target.startsWith("/proc/");
            if (!jdk) {
                things.add("descriptor " + entry.getFileName() + " -> " + target);
            }
        }
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static String link(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException e) {
            return "";
        }
    }

    /** What a directory holds; nothing when it has gone or may not be read. */
    private static Set<Path> entries(Path directory) {
        Set<Path> found = new TreeSet<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(found::add);
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            // Processes and cgroups come and go while they are listed.
        }
        return found;
    }
}
