package dev.mayfly.sandbox.launcher;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;

/** The launcher was gone before it had the whole run, so nothing of it ran and another slot may take it. */
final class NeverStartedException extends MayflyException {
    private static final long serialVersionUID = 1L;

    NeverStartedException(String runId, String why, IOException cause) {
        super(
                ErrorCode.LAUNCHER_DIED,
                "the launcher was gone before run " + runId + " started",
                why,
                "try again; run `mayfly doctor` if it persists",
                cause);
    }
}
