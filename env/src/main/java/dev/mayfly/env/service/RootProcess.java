package dev.mayfly.env.service;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.runtime.LiveProcess;

/** The process that a view is for. */
public final class RootProcess {
    private RootProcess() {}

    /** @throws MayflyException {@code PROCESS_UNKNOWN} */
    public static LiveProcess require(long pid) {
        return LiveProcess.of(pid)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.PROCESS_UNKNOWN,
                        "there is no process " + Long.toUnsignedString(pid),
                        "it has ended, or runs where this service does not see it, such as in another container",
                        "name a process that runs: ps -o pid,args"));
    }
}
