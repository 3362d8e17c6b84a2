package dev.mayfly.sandbox.slot;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a backend's slots are set up.
 *
 * @param runtimeDir for sockets, status files and logs; made when missing, what is put there is removed at the end
 * @param slots most runs at once
 * @param uidBase lowest kernel user id that may be given to jobs; 0 = the service is not root, jobs share its id
 * @param slotWait how long a run waits for a free slot
 */
public record SlotSettings(Path runtimeDir, int slots, long uidBase, Duration slotWait) {
    public SlotSettings {
        if (slots < 1) {
            throw new IllegalArgumentException("at least one slot");
        }
    }
}
