package dev.mayfly.queue.worker;

import dev.mayfly.queue.api.JobId;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * What tests of whole installations ask of a worker: {@code MAGICRUNE_TEST_DELAY_MS}, {@code …_JITTER} and {@code
 * MAGICRUNE_TEST_SKIP_ACK_ONCE}. Off in earnest.
 */
public final class Trials {
    private final Duration delay;
    private final Duration jitterLeast;
    private final Duration jitterMost;
    private final boolean skipAckOnce;
    private final RandomGenerator random;
    private final Set<JobId> skipped = ConcurrentHashMap.newKeySet();

    /**
     * @param delay before each run
     * @param jitterLeast added to it, together with as much as a chance gives up to {@code jitterMost}
     */
    public Trials(
            Duration delay, Duration jitterLeast, Duration jitterMost, boolean skipAckOnce, RandomGenerator random) {
        if (delay.isNegative() || jitterLeast.isNegative() || jitterMost.compareTo(jitterLeast) < 0) {
            throw new IllegalArgumentException("no such delay: " + delay + ", " + jitterLeast + ".." + jitterMost);
        }
        this.delay = delay;
        this.jitterLeast = jitterLeast;
        this.jitterMost = jitterMost;
        this.skipAckOnce = skipAckOnce;
        this.random = random;
    }

    public static Trials none() {
        return new Trials(Duration.ZERO, Duration.ZERO, Duration.ZERO, false, RandomGenerator.getDefault());
    }

    void pause() throws InterruptedException {
        Duration time = delay.plusMillis(random.nextLong(jitterLeast.toMillis(), jitterMost.toMillis() + 1));
        if (!time.isZero()) {
            Thread.sleep(time);
        }
    }

    /** Whether acknowledgements are to be skipped once for each job; then each has to be a step of its own. */
    boolean skipAcks() {
        return skipAckOnce;
    }

    /** True the first time that it is asked about a job, when acknowledgements are to be skipped once. */
    boolean skipsAck(JobId job) {
        return skipAckOnce && skipped.add(job);
    }
}
