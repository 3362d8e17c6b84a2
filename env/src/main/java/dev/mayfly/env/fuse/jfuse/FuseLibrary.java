package dev.mayfly.env.fuse.jfuse;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** The FUSE library of this system, or what is in the way of having it. */
public sealed interface FuseLibrary {
    record Found(Path file, boolean mac) implements FuseLibrary {}

    /** @param fix text that can be pasted into a shell */
    record Unavailable(ErrorCode code, String what, String why, String fix) implements FuseLibrary {}

    /** @throws MayflyException what is lacking */
    default Found orThrow() {
        return switch (this) {
            case Found found -> found;
            case Unavailable lacking -> throw new MayflyException(lacking.code, lacking.what, lacking.why, lacking.fix);
        };
    }

    /** macFUSE 4 and 5 put their library there, whatever the processor. FUSE-T does not say who asks, so it does not do. */
    Path MAC_LIBRARY = Path.of("/usr/local/lib/libfuse.2.dylib");

    Path MAC_BUNDLE = Path.of("/Library/Filesystems/macfuse.fs");

    /** Debian and its kin, by processor; then the others. */
    List<Path> LINUX_LIBRARIES = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/libfuse3.so.3"),
            Path.of("/usr/lib/aarch64-linux-gnu/libfuse3.so.3"),
            Path.of("/lib/x86_64-linux-gnu/libfuse3.so.3"),
            Path.of("/lib/aarch64-linux-gnu/libfuse3.so.3"),
            Path.of("/usr/lib64/libfuse3.so.3"),
            Path.of("/usr/lib/libfuse3.so.3"));

    /** Looks on this machine. */
    static FuseLibrary find() {
        return find(System.getProperty("os.name", ""), Files::exists);
    }

    /** @param exists whether there is such a file on the machine in question */
    static FuseLibrary find(String system, Predicate<Path> exists) {
        String name = system.toLowerCase(Locale.ROOT);
        if (name.contains("mac")) {
            return mac(exists);
        }
        if (!name.contains("linux")) {
            return new Unavailable(
                    ErrorCode.FUSE_MISSING,
                    "one place cannot show each process its own view here",
                    "this is " + system + "; it is done on macOS, and on Linux for tests",
                    "use a Linux machine or a Mac");
        }
        Optional<Path> library = LINUX_LIBRARIES.stream().filter(exists).findFirst();
        if (library.isPresent()) {
            return new Found(library.get(), false);
        }
        return new Unavailable(
                ErrorCode.FUSE_MISSING,
                "there is no libfuse3",
                "none of the usual folders has libfuse3.so.3",
                "apt-get install fuse3 libfuse3-3   # as root");
    }

    private static FuseLibrary mac(Predicate<Path> exists) {
        if (exists.test(MAC_LIBRARY)) {
            return new Found(MAC_LIBRARY, true);
        }
        if (exists.test(MAC_BUNDLE)) {
            return new Unavailable(
                    ErrorCode.FUSE_MISSING,
                    "macFUSE is not whole",
                    MAC_BUNDLE + " is there and " + MAC_LIBRARY + " is not",
                    "brew reinstall --cask macfuse");
        }
        return new Unavailable(
                ErrorCode.FUSE_MISSING,
                "macFUSE is not installed",
                "there is neither " + MAC_LIBRARY + " nor " + MAC_BUNDLE,
                "brew install --cask macfuse   # then allow it: System Settings, Privacy & Security");
    }
}
