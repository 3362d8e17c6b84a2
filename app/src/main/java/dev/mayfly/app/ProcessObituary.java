package dev.mayfly.app;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.port.Obituary;
import dev.mayfly.sandbox.cgroup.CgroupLayout;
import dev.mayfly.sandbox.cgroup.CgroupTree;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A worker of this machine is over when its process is gone, its control groups are empty and removed, and a moment has
 * passed in which boxes without groups (bubblewrap, an ordinary user's) have been ended by the kernel with their parent
 * (prctl(2), PR_SET_PDEATHSIG).
 */
final class ProcessObituary implements Obituary {
    private static final Path ROOT = Path.of("/");
    private static final Duration SETTLING = Duration.ofMillis(500);
    private static final int MOST_REMEMBERED = 10_000;

    private final WorkerSeat seat;
    private final Ticker ticker;
    private final Map<String, Long> seenDead = new ConcurrentHashMap<>();

    ProcessObituary(WorkerSeat seat, Ticker ticker) {
        this.seat = seat;
        this.ticker = ticker;
    }

    @Override
    public boolean isOver(Epoch epoch) {
        Optional<WorkerProcess> process = WorkerProcess.parse(epoch.process());
        boolean gone = process.isPresent()
                && process.get().isFromHere()
                && !process.get().instance().alive(ROOT);
        if (!gone && !seat.followed(epoch)) {
            return false;
        }
        if (seenDead.size() > MOST_REMEMBERED) {
            seenDead.clear();
        }
        long now = ticker.nanos();
        Long since = seenDead.putIfAbsent(epoch.id(), now);
        if (since == null || now - since < SETTLING.toNanos()) {
            return false;
        }
        return !gone || CgroupTree.bury(CgroupLayout.detect(ROOT), process.get().instance());
    }
}
