package dev.mayfly.sandbox.slot;

import dev.mayfly.sandbox.box.SyscallProfile;

/** Where the native backend gets its system-call filters from. Implementations are safe for concurrent use. */
public interface SyscallFilters {
    /** What happens to a call that the profile does not have. */
    enum Denial {
        /** The launcher is asked, notes it and answers EPERM. */
        NOTIFY,
        /** The kernel answers EPERM; nobody sees it. */
        ERRNO
    }

    /** {@code struct sock_filter[]} for this machine's architecture, as bytes. */
    byte[] filter(SyscallProfile profile, Denial denial);

    /** What was denied, in words: {@code ptrace}, {@code socket(AF_PACKET)}; the arguments are those of its first time. */
    String subject(int arch, int number, long a0, long a1, long a2);
}
