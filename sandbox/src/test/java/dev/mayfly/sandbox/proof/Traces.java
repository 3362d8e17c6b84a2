package dev.mayfly.sandbox.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.cgroup.CgroupTree;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.sandbox.slot.UidRange;
import dev.mayfly.testkit.ChangingTree;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What one life of a service may leave on this machine, and how large its processes are. */
final class Traces {
    private static final int UIDS = 2 * CgroupTree.MOST_SLOTS;

    private Traces() {}

    /** Size of one process. */
    record Size(long rssKilobytes, int descriptors, int mounts) {
        static Size of(long pid) {
            Path proc = Path.of("/proc/" + pid);
            return new Size(
                    statusNumber(proc, "VmRSS:"), names(proc.resolve("fd")).size(), lines(proc.resolve("mounts")));
        }
    }

    static final long SELF = ProcessHandle.current().pid();

    /** Processes under one of the ids, read from status: init of a job is not dumpable, so its folder belongs to root. */
    static List<String> processes(UidRange uids) {
        List<String> found = new ArrayList<>();
        for (String name : names(Path.of("/proc"))) {
            if (name.chars().allMatch(Character::isDigit)) {
                Path proc = Path.of("/proc", name);
                long uid = statusNumber(proc, "Uid:");
                if (uid >= uids.first() && uid < uids.first() + UIDS) {
                    found.add(name + " uid " + uid + " "
                            + text(proc.resolve("comm")).strip() + " "
                            + text(proc.resolve("status"))
                                    .lines()
                                    .filter(line -> line.startsWith("State:"))
                                    .findFirst()
                                    .orElse(""));
                }
            }
        }
        return found;
    }

    /** Groups of an instance in every hierarchy, v1 and v2. */
    static List<Path> cgroups(InstanceId instance) {
        List<Path> found = new ArrayList<>();
        for (String line : text(Path.of("/proc/self/mountinfo")).split("\n")) {
            String[] fields = line.split(" ", -1);
            if (line.contains(" - cgroup")) {
                find(Path.of(fields[4]), instance.name(), 5, found);
            }
        }
        return found;
    }

    private static void find(Path folder, String name, int depth, List<Path> found) {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(folder, Files::isDirectory)) {
            for (Path child : children) {
                if (child.toString().contains(name)) {
                    found.add(child);
                }
                if (depth > 0) {
                    find(child, name, depth - 1, found);
                }
            }
        } catch (IOException e) {
            // Groups of others come and go.
        }
    }

    /** Launchers that this process started and that live. */
    static List<Long> launchers() {
        return launchersOf(SELF);
    }

    static List<Long> launchersOf(long pid) {
        return ProcessHandle.of(pid).stream()
                .flatMap(ProcessHandle::children)
                .map(ProcessHandle::pid)
                .filter(child -> text(Path.of("/proc/" + child + "/comm")).startsWith("mayfly-launche"))
                .sorted()
                .toList();
    }

    /** Network namespaces other than the host's, of a process, its descriptors, and what it started. */
    static Set<String> networkNamespaces() {
        Set<String> found = new TreeSet<>();
        for (long pid : launchers()) {
            found.add(link(Path.of("/proc/" + pid + "/ns/net")));
        }
        for (String fd : names(Path.of("/proc/self/fd"))) {
            String target = link(Path.of("/proc/self/fd", fd));
            if (target.startsWith("net:[")) {
                found.add(target);
            }
        }
        return found;
    }

    /** What the descriptors of a process are, with how many there are of each kind; files by name. */
    static Map<String, Integer> descriptors(long pid) {
        Map<String, Integer> kinds = new TreeMap<>();
        for (String fd : names(Path.of("/proc/" + pid + "/fd"))) {
            String target = link(Path.of("/proc/" + pid + "/fd", fd));
            kinds.merge(target.replaceAll(":\\[[0-9]+]$", "").replaceAll("/proc/[0-9]+", "/proc/N"), 1, Integer::sum);
        }
        return kinds;
    }

    static Set<String> below(Path folder) {
        try {
            Set<String> names = new TreeSet<>();
            ChangingTree.paths(folder, Integer.MAX_VALUE)
                    .forEach(path -> names.add(folder.relativize(path).toString()));
            names.remove("");
            return names;
        } catch (IOException e) {
            return Set.of("unreadable: " + e);
        }
    }

    /** Waits a moment: the kernel drops what a process held shortly after it is reaped. */
    static void assertNothingLeft(InstanceId instance, UidRange uids, Path... gone) throws InterruptedException {
        List<String> left = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            left.clear();
            left.addAll(processes(uids));
            cgroups(instance).forEach(group -> left.add("cgroup " + group));
            for (String line : text(Path.of("/proc/self/mountinfo")).split("\n")) {
                if (line.contains(instance.name())) {
                    left.add("mount " + line);
                }
            }
            for (Path path : gone) {
                if (Files.exists(path)) {
                    left.addAll(
                            below(path).stream().map(name -> path + "/" + name).toList());
                }
            }
            if (left.isEmpty()) {
                return;
            }
            Thread.sleep(50);
        }
        assertThat(left).as("left behind").isEmpty();
    }

    static long heapAfterCollection() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    static long directBytes() {
        return java.lang.management.ManagementFactory.getPlatformMXBeans(java.lang.management.BufferPoolMXBean.class)
                .stream()
                .mapToLong(java.lang.management.BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    static long statusNumber(Path proc, String key) {
        return text(proc.resolve("status"))
                .lines()
                .filter(line -> line.startsWith(key))
                .map(line -> line.substring(key.length()).trim().split("[\\s]+", -1)[0])
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(-1);
    }

    private static int lines(Path file) {
        return (int) text(file).lines().count();
    }

    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static String link(Path path) {
        try {
            return Files.readSymbolicLink(path).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static List<String> names(Path folder) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(entry -> names.add(String.valueOf(entry.getFileName())));
        } catch (IOException | java.nio.file.DirectoryIteratorException e) {
            // Gone meanwhile.
        }
        return names;
    }
}
