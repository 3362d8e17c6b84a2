package dev.mayfly.bench.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How programs that were started for a benchmark are ended. */
public final class Ends {
    private Ends() {}

    /** Tells it to end, and kills it when it has not within this time, or when nobody waits for that any more. */
    public static void gently(Process process, Duration within) {
        process.destroy();
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException _) {
            interrupted = true;
            process.destroyForcibly();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
