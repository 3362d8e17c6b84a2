package dev.mayfly.sandbox.seccomp;

import dev.mayfly.sandbox.box.SyscallProfile;

/** Named profiles as filters. */
public final class Seccomp {
    private Seccomp() {}

    /**
     * The filter of a profile. Calls of another architecture (int 0x80 and the like) kill the process; numbers that no
     * table knows, x32 numbers among them, get ENOSYS; everything that is known and not listed is denied.
     */
    public static SeccompFilter filter(SyscallProfile profile, Arch arch, DenialAction denial) {
        return new SeccompFilter(FilterGenerator.generate(
                arch.audit(),
                FilterGenerator.byNumber(SyscallTable.of(arch), Profiles.answers(profile), Answer.DENY),
                Answer.NO_SUCH_CALL,
                denial));
    }
}
