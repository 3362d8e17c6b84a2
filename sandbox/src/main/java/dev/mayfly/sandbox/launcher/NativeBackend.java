package dev.mayfly.sandbox.launcher;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.cgroup.CgroupTree;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.sandbox.image.RuntimeImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Runs boxes in a pool of launcher slots. The slot used last is used next, so that a quiet service keeps one slot warm
 * and the others are never even started; a slot that broke is replaced when its turn comes.
 */
public final class NativeBackend implements Backend {
    private static final Duration CLOSES_WITHIN = Duration.ofSeconds(20);

    private final SlotParts parts;
    private final RuntimeDirectory directory;
    private final Semaphore free;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Slot> idle = new ArrayDeque<>();
    private boolean closed;

    private NativeBackend(SlotParts parts, RuntimeDirectory directory) {
        this.parts = parts;
        this.directory = directory;
        this.free = new Semaphore(parts.settings().slots(), true);
    }

    /**
     * Makes a backend; the first slot is started by the first run or by {@link #layers}. Control groups stay the
     * caller's and must be closed after the backend.
     */
    public static NativeBackend open(
            NativeSettings settings,
            CgroupTree cgroups,
            SlotNetworks networks,
            SyscallFilters filters,
            RuntimeImage image) {
        if (!Files.isExecutable(settings.launcher())) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_UNAVAILABLE,
                    "the native backend has no launcher",
                    settings.launcher() + " is not an executable file",
                    "install a C compiler and static libc (Debian: apt-get install gcc libc6-dev) and build again");
        }
        InstanceId self = InstanceId.current();
        Optional<UidRange> uids = settings.uidBase() == 0
                ? Optional.empty()
                : Optional.of(UidRange.forProcess(settings.uidBase(), self.pid()));
        uids.ifPresent(range -> range.checkFree(Path.of("/")));
        RuntimeDirectory directory = RuntimeDirectory.open(settings.runtimeDir(), self);
        return new NativeBackend(
                new SlotParts(settings, directory.path(), cgroups, networks, filters, image, uids, new AtomicLong()),
                directory);
    }

    @Override
    public String name() {
        return "native";
    }

    @Override
    public List<LayerReport> layers() {
        try {
            Slot slot = take(parts.settings().slotWait());
            List<LayerReport> layers = slot.layers();
            release(slot);
            return layers;
        } catch (MayflyException e) {
            return List.of(new LayerReport("backend", true, LayerState.UNAVAILABLE, e.what() + ": " + e.why()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(new LayerReport("backend", true, LayerState.UNAVAILABLE, "interrupted while probing"));
        }
    }

    @Override
    public Execution run(BoxSpec spec) throws InterruptedException {
        Slot slot = take(parts.settings().slotWait());
        try {
            return slot.run(spec);
        } finally {
            release(slot);
        }
    }

    private Slot take(Duration wait) throws InterruptedException {
        if (!free.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new MayflyException(
                    ErrorCode.SERVICE_BUSY,
                    "no sandbox slot became free",
                    "all " + parts.settings().slots() + " slots were busy for " + wait.toMillis() + " ms",
                    "try again later, or configure more slots");
        }
        Slot slot = null;
        try {
            slot = usableIdle();
            if (slot == null) {
                slot = Slot.start(parts);
            }
            return slot;
        } finally {
            if (slot == null) {
                free.release();
            }
        }
    }

    private @Nullable Slot usableIdle() {
        for (; ; ) {
            Slot slot;
            lock.lock();
            try {
                if (closed) {
                    throw new MayflyException(
                            ErrorCode.SANDBOX_UNAVAILABLE, "the sandbox is closed", "the program is ending", "");
                }
                slot = idle.pollFirst();
            } finally {
                lock.unlock();
            }
            if (slot == null || slot.usable()) {
                return slot;
            }
            slot.close();
        }
    }

    private void release(Slot slot) {
        try {
            boolean keep = slot.usable();
            lock.lock();
            try {
                keep &= !closed;
                if (keep) {
                    idle.addFirst(slot);
                }
            } finally {
                lock.unlock();
            }
            if (!keep) {
                slot.close();
            }
        } finally {
            free.release();
        }
    }

    /** Waits a while for runs to end; what still runs then is closed by its own thread when it returns. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        try {
            free.tryAcquire(parts.settings().slots(), CLOSES_WITHIN.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        lock.lock();
        try {
            idle.forEach(Slot::close);
            idle.clear();
        } finally {
            lock.unlock();
        }
        directory.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
