package dev.mayfly.fleet.host;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.agent.AgentInput;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.backend.Backend;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keeps machines standing ready. One thread, which makes one at a time, and only while the gate has a place that nobody
 * waits for: who wants a machine now comes before who may want one later.
 */
final class Keeper implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration END = Duration.ofSeconds(8);
    private static final long LOOK_AGAIN_MILLIS = 1_000;
    private static final long LONGEST_PAUSE_MILLIS = 60_000;

    private final Backend backend;
    private final Map<ResourceType, Integer> wanted;
    private final Semaphore gate;
    private final Consumer<AgentInput> news;
    private final Log log;
    private final Semaphore bell = new Semaphore(0);
    private final Set<ResourceType> warmed = EnumSet.noneOf(ResourceType.class);
    private final Thread thread;
    private Map<ResourceType, Integer> told = Map.of();
    private volatile boolean open = true;

    Keeper(Backend backend, Map<ResourceType, Integer> wanted, Semaphore gate, Consumer<AgentInput> news, Log log) {
        this.backend = backend;
        this.wanted = new TreeMap<>(wanted);
        this.gate = gate;
        this.news = news;
        this.log = log;
        this.thread = Thread.ofVirtual().name("keeper").unstarted(this::work);
    }

    void start() {
        if (!wanted.isEmpty()) {
            thread.start();
        }
    }

    /** Something was taken. */
    void look() {
        bell.release();
    }

    private void work() {
        long pause = LOOK_AGAIN_MILLIS;
        try {
            while (open) {
                boolean made = false;
                try {
                    made = fill();
                    pause = LOOK_AGAIN_MILLIS;
                } catch (MayflyException e) {
                    log.warn().cause(e).log("no machine could be made to stand ready");
                    pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
                }
                tell();
                if (!made && bell.tryAcquire(pause, TimeUnit.MILLISECONDS)) {
                    bell.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            log.debug().log("nothing is kept ready any more");
        } catch (RuntimeException e) {
            log.error().cause(e).log("a bug: nothing is kept ready any more");
        }
    }

    /** @return whether something was made, so that more may be missing */
    private boolean fill() throws InterruptedException {
        for (Map.Entry<ResourceType, Integer> each : wanted.entrySet()) {
            ResourceType type = each.getKey();
            boolean missing = !warmed.contains(type) || backend.standing().getOrDefault(type, 0) < each.getValue();
            if (open && missing && backend.refusal(type).isEmpty() && !gate.hasQueuedThreads() && gate.tryAcquire()) {
                try {
                    make(type, each.getValue());
                } finally {
                    gate.release();
                }
                return true;
            }
        }
        return false;
    }

    private void make(ResourceType type, int count) throws InterruptedException {
        if (warmed.add(type)) {
            try {
                backend.warm(type, PATIENCE);
            } catch (MayflyException e) {
                log.warn().with("size", type.word()).cause(e).log("machines of this size are booted, not restored");
            }
        } else if (backend.standing().getOrDefault(type, 0) < count) {
            backend.prepare(type, PATIENCE);
        }
    }

    private void tell() {
        Map<ResourceType, Integer> now = backend.standing();
        if (!now.equals(told)) {
            told = now;
            news.accept(new AgentInput.Standing(now));
        }
    }

    /** Ends what stands ready. */
    @Override
    public void close() {
        open = false;
        thread.interrupt();
        try {
            if (thread.getState() != Thread.State.NEW && !thread.join(END)) {
                log.warn().log("a machine that was being made ready is left to the next agent");
            }
            backend.dismiss();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
