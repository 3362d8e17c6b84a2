package dev.mayfly.sandbox.policy;

import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.api.Violation;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a grading rule can be about: the closed vocabulary of {@code grading.rules[].when}. */
public enum EvidenceKind {
    /** The command plainly wants network while none is granted; seen before the run. */
    NET_INTENT,
    /** {@code allow_net} asks for more than the policy gives. */
    NET_ASKED,
    /** A connection, datagram or lookup was denied during the run. */
    NET_DENIED,
    /** The command names files that hold credentials; seen before the run. */
    SECRET_READ,
    /** {@code allow_fs} asks for more than the policy gives. */
    FS_ASKED,
    /** A file of the request, or an access during the run, that the policy denies. */
    FS_DENIED,
    /** A system call was denied during the run. */
    SYSCALL_DENIED,
    /**
     * The kernel's own permissions refused something during the run. Ordinary programs run into these all the time
     * (Python tries to write its caches beside the library), so no rule of the shipped policy counts them.
     */
    PERMISSION_DENIED,
    /** Any other denial during the run. */
    OTHER_DENIED,
    /** Outputs that match were not brought back: too large, or no regular files. */
    OUTPUT_DROPPED,
    /** A layer that the policy requires was not active. */
    LAYER_DEGRADED,
    LIMIT_WALL,
    LIMIT_CPU,
    LIMIT_MEMORY,
    LIMIT_PIDS,
    LIMIT_FSIZE,
    LIMIT_DISK,
    LIMIT_NOFILE,
    LIMIT_STDOUT,
    LIMIT_FUEL;

    /** As it stands in policies. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<EvidenceKind> ofWord(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }

    public static EvidenceKind of(LimitHit limit) {
        return switch (limit) {
            case WALL -> LIMIT_WALL;
            case CPU -> LIMIT_CPU;
            case MEMORY -> LIMIT_MEMORY;
            case PIDS -> LIMIT_PIDS;
            case FILE_SIZE -> LIMIT_FSIZE;
            case DISK -> LIMIT_DISK;
            case OPEN_FILES -> LIMIT_NOFILE;
            case STDOUT -> LIMIT_STDOUT;
            case FUEL -> LIMIT_FUEL;
        };
    }

    /** The kind of a denial, by the rule that denied it. */
    public static EvidenceKind ofViolation(String rule) {
        if (rule.equals(Violation.FS_PERMISSION) || rule.equals(Violation.KERNEL_PERMISSION)) {
            return PERMISSION_DENIED;
        }
        if (rule.startsWith("net.")) {
            return NET_DENIED;
        }
        if (rule.startsWith("fs.")) {
            return FS_DENIED;
        }
        return rule.startsWith("syscalls.") ? SYSCALL_DENIED : OTHER_DENIED;
    }
}
