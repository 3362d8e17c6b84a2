package dev.mayfly.sandbox.launcher;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How the native backend is set up.
 *
 * @param launcher the launcher program
 * @param runtimeDir for sockets and launcher logs; made with mode 0700, removed at the end
 * @param slots most runs at once
 * @param uidBase lowest kernel user id that may be given to jobs; 0 = the service is not root, jobs share its id
 * @param slotWait how long a run waits for a free slot
 */
public record NativeSettings(Path launcher, Path runtimeDir, int slots, long uidBase, Duration slotWait) {
    public NativeSettings {
        if (slots < 1) {
            throw new IllegalArgumentException("at least one slot");
        }
    }
}
