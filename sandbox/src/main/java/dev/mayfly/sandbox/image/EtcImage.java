package dev.mayfly.sandbox.image;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An /etc for jobs: an allowlist of the host's files, only those that everybody may read, and generated ones in place of
 * those that would name the host or its users. The result is named after the times and sizes of what it was made from,
 * so it is made again only when those change (an edit deep inside a listed directory that leaves every directory's time
 * alone is not noticed; removing the prepared directory is always safe while nothing runs).
 */
final class EtcImage {
    private static final String VERSION = "1";
    private static final int DEPTH = 8;
    private static final long FILE_MAX = 4L << 20;
    private static final int ENTRIES_MAX = 20_000;

    private static final List<String> FILES = List.of(
            "ld.so.cache",
            "ld.so.conf",
            "localtime",
            "timezone",
            "os-release",
            "debian_version",
            "alpine-release",
            "redhat-release",
            "mime.types",
            "services",
            "protocols",
            "rpc",
            "ethertypes",
            "host.conf",
            "gai.conf",
            "inputrc",
            "bash.bashrc",
            "magic",
            "login.defs",
            "locale.alias",
            "locale.conf",
            "ca-certificates.conf",
            "ssl/openssl.cnf");

    private static final List<String> FOLDERS = List.of(
            "alternatives",
            "ld.so.conf.d",
            "ssl/certs",
            "ca-certificates",
            "pki/tls/certs",
            "pki/ca-trust/extracted",
            "pki/java",
            "crypto-policies",
            "perl",
            "fonts");

    /** Hundreds of entries and no folders: their own time says enough, and looking at each costs milliseconds. */
    private static final Set<String> FLAT = Set.of("alternatives", "ssl/certs", "ld.so.conf.d");

    /** Configuration of language runtimes, by the start of their name: Debian's JDKs link their lib/security there. */
    private static final List<String> PREFIXES = List.of("java", "python");

    private static final Map<String, String> GENERATED = generated();

    private final Path host;
    private final Path directory;

    EtcImage(Path host, Path directory) {
        this.host = host;
        this.directory = directory;
    }

    private static Map<String, String> generated() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("passwd", """
                root:x:0:0:root:/root:/usr/sbin/nologin
                mayfly:x:1000:1000:mayfly:/workspace:/bin/sh
                nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
                """);
        files.put("group", "root:x:0:\nmayfly:x:1000:\nnogroup:x:65534:\n");
        files.put("hosts", "127.0.0.1 localhost " + RuntimeImage.HOSTNAME + "\n::1 localhost\n");
        files.put("hostname", RuntimeImage.HOSTNAME + "\n");
        files.put("resolv.conf", "nameserver 127.0.0.53\noptions timeout:2 attempts:1\n");
        files.put(
                "nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n");
        return Map.copyOf(files);
    }

    /** The prepared directory; made now when there is none for the host's present state. */
    Path prepare() {
        try {
            Files.createDirectories(directory);
            List<String> sources = sources();
            Path target = directory.resolve("etc-" + stamp(sources));
            return Files.isDirectory(target) ? target : build(sources, target);
        } catch (IOException e) {
            throw failed(ErrorCode.STATE_UNAVAILABLE, directory, e);
        }
    }

    static MayflyException failed(ErrorCode code, Path subject, IOException e) {
        return new MayflyException(
                code,
                "the root file system of jobs cannot be prepared",
                subject + ": " + e.getMessage(),
                "check that the state directory is writable and has space",
                e);
    }

    private List<String> sources() throws IOException {
        List<String> sources = new ArrayList<>();
        Stream.concat(FILES.stream(), FOLDERS.stream())
                .filter(name -> Files.exists(host.resolve(name), LinkOption.NOFOLLOW_LINKS))
                .forEach(sources::add);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(host, EtcImage::isRuntimeFolder)) {
            entries.forEach(path -> sources.add(path.getFileName().toString()));
        }
        sources.sort(Comparator.naturalOrder());
        return sources;
    }

    private static boolean isRuntimeFolder(Path path) {
        String name = path.getFileName().toString();
        return PREFIXES.stream().anyMatch(name::startsWith) && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    /** Name, time and size of every source, and of the directories inside directories. */
    private String stamp(List<String> sources) throws IOException {
        StringBuilder text = new StringBuilder(VERSION).append('\n').append(GENERATED.hashCode());
        for (String source : sources) {
            stamp(host.resolve(source), text, FLAT.contains(source) ? 0 : DEPTH);
        }
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static void stamp(Path path, StringBuilder text, int depth) throws IOException {
        BasicFileAttributes attributes =
                Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        text.append('\n')
                .append(path)
                .append(' ')
                .append(attributes.lastModifiedTime().toMillis())
                .append(' ')
                .append(attributes.isDirectory() ? -1 : attributes.size());
        if (attributes.isDirectory() && depth > 0) {
            List<Path> folders = new ArrayList<>();
            try (DirectoryStream<Path> entries =
                    Files.newDirectoryStream(path, entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))) {
                entries.forEach(folders::add);
            }
            folders.sort(Comparator.naturalOrder());
            for (Path folder : folders) {
                stamp(folder, text, depth - 1);
            }
        }
    }

    /** Under a temporary name first: a crash or a second process at the same time leaves no half image. */
    private Path build(List<String> sources, Path target) throws IOException {
        Path building = Files.createTempDirectory(directory, "etc-building-");
        try {
            int[] count = {0};
            for (String source : sources) {
                copy(host.resolve(source), building.resolve(source), DEPTH, count);
            }
            for (Map.Entry<String, String> file : GENERATED.entrySet()) {
                put(building.resolve(file.getKey()), file.getValue().getBytes(StandardCharsets.UTF_8));
            }
            Files.setPosixFilePermissions(building, PosixFilePermissions.fromString("rwxr-xr-x"));
            Files.move(building, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            remove(building);
            if (!Files.isDirectory(target)) {
                throw e;
            }
        }
        return target;
    }

    private static void copy(Path from, Path to, int depth, int[] count) throws IOException {
        PosixFileAttributes attributes =
                Files.readAttributes(from, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (++count[0] > ENTRIES_MAX) {
            return;
        }
        makeFolder(to.getParent());
        if (attributes.isSymbolicLink()) {
            Files.createSymbolicLink(to, Files.readSymbolicLink(from));
        } else if (attributes.isRegularFile()
                && attributes.size() <= FILE_MAX
                && attributes.permissions().contains(PosixFilePermission.OTHERS_READ)) {
            put(to, Files.readAllBytes(from));
        } else if (attributes.isDirectory()
                && depth > 0
                && attributes.permissions().contains(PosixFilePermission.OTHERS_READ)) {
            makeFolder(to);
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(from)) {
                for (Path entry : entries) {
                    // Path to path: as text, a name that the locale has no letters for could not be written again.
                    copy(entry, to.resolve(from.relativize(entry)), depth - 1, count);
                }
            }
        }
    }

    private static void makeFolder(@Nullable Path folder) throws IOException {
        if (folder != null && !Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            makeFolder(folder.getParent());
            Files.createDirectory(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static void put(Path file, byte[] content) throws IOException {
        Files.write(file, content);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private static void remove(Path tree) throws IOException {
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
