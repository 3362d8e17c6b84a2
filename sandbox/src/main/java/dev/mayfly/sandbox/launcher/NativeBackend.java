package dev.mayfly.sandbox.launcher;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.DenialWitness;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.cgroup.CgroupTree;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.sandbox.image.RuntimeImage;
import dev.mayfly.sandbox.slot.RuntimeDirectory;
import dev.mayfly.sandbox.slot.SlotPool;
import dev.mayfly.sandbox.slot.SlotSettings;
import dev.mayfly.sandbox.slot.SyscallFilters;
import dev.mayfly.sandbox.slot.UidRange;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** Runs boxes in a pool of launcher slots; the strongest backend there is, and the fastest. */
public final class NativeBackend implements Backend {
    private final RuntimeDirectory directory;
    private final SlotPool<Slot> pool;
    private final Supplier<RuntimeImage> image;
    private final int slots;

    private NativeBackend(RuntimeDirectory directory, SlotPool<Slot> pool, Supplier<RuntimeImage> image, int slots) {
        this.slots = slots;
        this.image = image;
        this.directory = directory;
        this.pool = pool;
    }

    /**
     * Makes a backend; the first slot is started by the first run or by {@link #layers}. Control groups and
     * witness stay the caller's and must be closed after the backend.
     *
     * @param launcher the launcher program
     * @param image asked for when a slot starts; what it throws is why the slot does not
     */
    public static NativeBackend open(
            Path launcher,
            SlotSettings settings,
            CgroupTree cgroups,
            SlotNetworks networks,
            DenialWitness witness,
            SyscallFilters filters,
            Supplier<RuntimeImage> image) {
        if (!Files.isExecutable(launcher)) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_UNAVAILABLE,
                    "the native backend has no launcher",
                    launcher + " is not an executable file",
                    "install a C compiler and static libc (Debian: apt-get install gcc libc6-dev) and build again");
        }
        InstanceId self = InstanceId.current();
        Optional<UidRange> uids = UidRange.of(settings, self);
        RuntimeDirectory directory = RuntimeDirectory.open(settings.runtimeDir(), self);
        SlotParts parts = new SlotParts(
                launcher, directory.path(), cgroups, networks, witness, filters, image, uids, new AtomicLong());
        return new NativeBackend(directory, new SlotPool<>(settings, () -> Slot.start(parts)), image, settings.slots());
    }

    @Override
    public String name() {
        return "native";
    }

    @Override
    public List<LayerReport> layers() {
        try {
            return pool.use(Slot::layers);
        } catch (MayflyException e) {
            return List.of(new LayerReport("backend", true, LayerState.UNAVAILABLE, e.what() + ": " + e.why()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of(new LayerReport("backend", true, LayerState.UNAVAILABLE, "interrupted while probing"));
        }
    }

    /** An idle launcher may die unnoticed; a run that it never got is given to others, which are made if need be. */
    @Override
    public Execution run(BoxSpec spec) throws InterruptedException {
        for (int attempt = 0; attempt < slots; attempt++) {
            try {
                return pool.use(slot -> slot.run(spec));
            } catch (NeverStartedException e) {
                // That slot is broken now and gone from the pool.
            }
        }
        return pool.use(slot -> slot.run(spec));
    }

    @Override
    public void close() {
        pool.close();
        directory.close();
        awaitImage();
    }

    /** It may still be in the making when no slot came as far as to ask for it. */
    private void awaitImage() {
        try {
            RuntimeImage _ = image.get();
        } catch (MayflyException e) {
            // Told to the slots that asked for it.
        }
    }
}
