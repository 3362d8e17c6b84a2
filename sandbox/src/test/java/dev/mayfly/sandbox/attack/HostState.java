package dev.mayfly.sandbox.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What an escape would change on this machine: files, kernel settings, mounts, and processes of job user ids. */
record HostState(Map<String, String> facts) {
    private static final List<String> FILES = List.of(
            "/etc/passwd", "/etc/shadow", "/etc/hosts", "/etc/group", "/etc/resolv.conf", "/bin/sh", "/usr/bin/env");
    private static final List<String> SETTINGS = List.of(
            "/proc/sys/kernel/core_pattern",
            "/proc/sys/kernel/hostname",
            "/proc/sys/kernel/domainname",
            "/proc/sys/kernel/modprobe",
            "/proc/sys/vm/overcommit_memory",
            "/proc/sys/net/ipv4/ip_forward",
            "/proc/sys/user/max_user_namespaces",
            "/proc/modules",
            "/proc/swaps");
    private static final List<String> FOLDERS = List.of("/", "/etc", "/usr", "/usr/bin", "/dev", "/dev/shm");

    /** @param ignored names in watched folders that the test itself makes */
    static HostState now(List<String> ignored) {
        Map<String, String> facts = new TreeMap<>();
        FILES.forEach(file -> facts.put(file, attributes(Path.of(file))));
        SETTINGS.forEach(file -> facts.put(file, text(Path.of(file))));
        FOLDERS.forEach(folder -> facts.put(folder, names(Path.of(folder), ignored)));
        facts.put("mounts", mounts(ignored));
        return new HostState(facts);
    }

    /** Processes that run under a user id of the range that jobs get. */
    static List<String> processesOf(long uidBase, long uidEnd) {
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            return entries.filter(entry -> entry.getFileName().toString().matches("[0-9]+"))
                    .filter(entry -> {
                        long uid = uid(entry);
                        return uid >= uidBase && uid < uidEnd;
                    })
                    .map(entry -> entry.getFileName() + " "
                            + text(entry.resolve("comm")).strip())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** From status, because the folder of a process that is not dumpable (the init of a job) belongs to root. */
    private static long uid(Path process) {
        return text(process.resolve("status"))
                .lines()
                .filter(line -> line.startsWith("Uid:"))
                .map(line -> line.split("\\s+", -1)[1])
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(-1); // ended meanwhile
    }

    private static String attributes(Path file) {
        try {
            PosixFileAttributes now = Files.readAttributes(file, PosixFileAttributes.class);
            return now.size() + " " + now.lastModifiedTime() + " " + now.owner() + " " + now.permissions();
        } catch (IOException e) {
            return "absent";
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "unreadable";
        }
    }

    /** Other builds on this machine mount and unmount what bears our names; nothing of the backend under test does. */
    private static String mounts(List<String> ignored) {
        return text(Path.of("/proc/self/mountinfo"))
                .lines()
                .filter(line -> ignored.stream().noneMatch(name -> line.contains("/tmp/" + name)))
                .collect(Collectors.joining("\n"));
    }

    private static String names(Path folder, List<String> ignored) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> ignored.stream().noneMatch(name::startsWith))
                    .sorted()
                    .toList()
                    .toString();
        } catch (IOException e) {
            return "unreadable";
        }
    }
}
