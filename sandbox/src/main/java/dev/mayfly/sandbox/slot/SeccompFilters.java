package dev.mayfly.sandbox.slot;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.box.SyscallProfile;
import dev.mayfly.sandbox.seccomp.Arch;
import dev.mayfly.sandbox.seccomp.DenialAction;
import dev.mayfly.sandbox.seccomp.DeniedCall;
import dev.mayfly.sandbox.seccomp.Seccomp;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The generated profiles for this machine; each filter is generated once, when it is first asked for. */
public final class SeccompFilters implements SyscallFilters {
    private final Arch arch;
    /** By the names of profile and denial. */
    private final Map<String, byte[]> made = new ConcurrentHashMap<>();

    private SeccompFilters(Arch arch) {
        this.arch = arch;
    }

    /** For the architecture this program runs on. */
    public static SeccompFilters ofThisMachine() {
        return new SeccompFilters(Arch.current()
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.SANDBOX_UNAVAILABLE,
                        "there is no system-call filter for this machine",
                        "architecture " + System.getProperty("os.arch") + " has no table of system calls",
                        "use an x86-64 or aarch64 machine")));
    }

    @Override
    public byte[] filter(SyscallProfile profile, Denial denial) {
        return made.computeIfAbsent(
                profile + " " + denial,
                _ -> Seccomp.filter(
                                profile,
                                arch,
                                switch (denial) {
                                    case NOTIFY -> DenialAction.NOTIFY;
                                    case ERRNO -> DenialAction.EPERM;
                                })
                        .bytes());
    }

    @Override
    public String subject(int arch, int number, long a0, long a1, long a2) {
        return DeniedCall.subject(arch, number, a0, a1, a2);
    }
}
