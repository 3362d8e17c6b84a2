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
    private record Key(SyscallProfile profile, Denial denial) {}

    private final Arch arch;
    private final Map<Key, byte[]> made = new ConcurrentHashMap<>();

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
                new Key(profile, denial),
                key -> Seccomp.filter(
                                key.profile(),
                                arch,
                                switch (key.denial()) {
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
