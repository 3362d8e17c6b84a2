package dev.mayfly.sandbox.wasm;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.concurrent.Semaphore;

/**
 * The part of this JVM's heap that programs may fill all together. Every run reserves the most it could take before it
 * starts and waits for its turn, so a program's memory never depends on what else runs, and none can starve the house.
 */
final class HeapBudget {
    private static final long UNIT = 1 << 20;

    private final int units;
    private final Semaphore free;

    HeapBudget(long bytes) {
        units = (int) Math.min(Integer.MAX_VALUE, Math.max(1, bytes / UNIT));
        free = new Semaphore(units, true);
    }

    /**
     * Takes room for one run.
     *
     * @return what {@link #release} must be given
     */
    int reserve(long bytes) throws InterruptedException {
        long wanted = (bytes + UNIT - 1) / UNIT;
        if (wanted > units) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_UNAVAILABLE,
                    "the wasm back end has no room for this run",
                    "its memory, files, captured output and parsed module may take " + wanted
                            + " MiB, and this JVM's heap gives programs " + units + " MiB",
                    "lower limits.memory_mb or limits.disk_mb in the policy, or start with a larger -Xmx");
        }
        free.acquire((int) wanted);
        return (int) wanted;
    }

    void release(int reserved) {
        free.release(reserved);
    }

    int mebibytes() {
        return units;
    }
}
