package dev.mayfly.env.runtime;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.Errno;
import java.nio.file.Path;
import java.util.Set;

/** Makes an error of {@code failed STEP ERRNO TEXT}. */
final class EnterFailure {
    /** Too many namespaces are ENOSPC or EUSERS: unshare(2), user_namespaces(7). */
    private static final Set<String> DENIED = Set.of("EPERM", "EACCES", "ENOSPC", "EUSERS");

    private EnterFailure() {}

    static MayflyException of(String line, Path target) {
        String[] words = line.split(" ", 4);
        if (words.length < 4 || !words[0].equals("failed")) {
            return new MayflyException(
                    ErrorCode.RUNTIME_SETUP,
                    "the runtime cannot be made",
                    line.isEmpty() ? "mayfly-enter ended without a word" : "mayfly-enter said: " + line,
                    "try again; if it stays, run `mayfly doctor`");
        }
        String step = words[1];
        Errno errno = errno(words[2]);
        String why = words[3] + (errno.number() == 0 ? "" : ": " + errno.describe());
        return switch (step) {
            case "target" -> target(target, errno, why);
            case "namespace" -> namespace(errno, why);
            case "ended" ->
                new MayflyException(
                        ErrorCode.NO_RUNTIME,
                        "the runtime cannot be joined, because it has ended",
                        why,
                        "see what runs: mayfly env runtime list");
            case "overlay" ->
                new MayflyException(
                        errno.name().equals("ENODEV") ? ErrorCode.VIEW_UNAVAILABLE : ErrorCode.RUNTIME_SETUP,
                        "the environment cannot be made editable",
                        "overlayfs refuses: " + why,
                        "load overlayfs (sudo modprobe overlay), or run it read-only");
            default ->
                new MayflyException(
                        ErrorCode.RUNTIME_SETUP,
                        "the runtime cannot be made",
                        step + ": " + why,
                        "try again; if it stays, run `mayfly doctor`");
        };
    }

    private static MayflyException target(Path target, Errno errno, String why) {
        boolean missing = Set.of("ENOENT", "ENOTDIR", "ELOOP").contains(errno.name());
        return new MayflyException(
                missing ? ErrorCode.MOUNT_POINT_MISSING : ErrorCode.RUNTIME_SETUP,
                "environments cannot be shown at " + target,
                errno.name().equals("ENOENT") ? "there is no such folder" : why,
                "sudo mkdir " + target + "   # or show it in a folder of yours: --at DIR");
    }

    private static MayflyException namespace(Errno errno, String why) {
        return new MayflyException(
                DENIED.contains(errno.name()) ? ErrorCode.NAMESPACE_DENIED : ErrorCode.RUNTIME_SETUP,
                "the runtime cannot have a mount namespace of its own",
                why,
                "run as root, or allow namespaces to users: sudo sysctl -w user.max_user_namespaces=65536");
    }

    private static Errno errno(String text) {
        try {
            return new Errno(Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return Errno.NONE;
        }
    }
}
