package dev.mayfly.sandbox.bwrap;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.BoxLimits;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.Exit;
import dev.mayfly.sandbox.box.NetGrant;
import dev.mayfly.sandbox.box.SyscallProfile;
import dev.mayfly.sandbox.cgroup.CgroupTree;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.sandbox.image.RuntimeImage;
import dev.mayfly.sandbox.slot.RuntimeDirectory;
import dev.mayfly.sandbox.slot.SlotPool;
import dev.mayfly.sandbox.slot.SlotSettings;
import dev.mayfly.sandbox.slot.SyscallFilters;
import dev.mayfly.sandbox.slot.UidRange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs boxes with bubblewrap. */
public final class BwrapBackend implements Backend {
    private final BwrapParts parts;
    private final RuntimeDirectory directory;
    private final SlotPool<BwrapSlot> pool;

    private BwrapBackend(BwrapParts parts, RuntimeDirectory directory, SlotPool<BwrapSlot> pool) {
        this.parts = parts;
        this.directory = directory;
        this.pool = pool;
    }

    /**
     * Makes a backend. Control groups stay the caller's and must be closed after it.
     *
     * @throws MayflyException {@code SANDBOX_UNAVAILABLE} when a program is missing
     */
    public static BwrapBackend open(SlotSettings settings, CgroupTree cgroups, SyscallFilters filters)
            throws InterruptedException {
        InstanceId self = InstanceId.current();
        Optional<UidRange> uids = UidRange.of(settings, self);
        return open(settings, cgroups, filters, self, uids, BwrapTools.find(Path.of("/"), uids.isPresent()));
    }

    static BwrapBackend open(
            SlotSettings settings,
            CgroupTree cgroups,
            SyscallFilters filters,
            InstanceId self,
            Optional<UidRange> uids,
            BwrapTools tools)
            throws InterruptedException {
        if (tools.umount().isPresent()) {
            BoxFolder.sweep(tools.umount().get(), Path.of("/proc/self/mountinfo"), Path.of("/"));
        }
        RuntimeDirectory directory = RuntimeDirectory.openTraversable(settings.runtimeDir(), self);
        // The image lies below our own directory because bubblewrap opens it as the job's user.
        RuntimeImage image = RuntimeImage.of(Path.of("/"), directory.path().resolve("image"));
        BwrapParts parts = new BwrapParts(tools, directory.path(), cgroups, filters, image, uids, new Spawner());
        return new BwrapBackend(parts, directory, new SlotPool<>(settings, () -> new BwrapSlot(parts)));
    }

    @Override
    public String name() {
        return "bwrap";
    }

    /** Found out by running {@code true} once: what a kernel or a security module forbids shows only then. */
    @Override
    public List<LayerReport> layers() {
        try {
            Execution trial = run(trial());
            return trial.exit().equals(new Exit.Exited(0))
                    ? parts.layers(true)
                    : broken("a trial run ended with " + trial.exit() + ": "
                            + BwrapSlot.text(trial.stderr().head()));
        } catch (MayflyException e) {
            return broken(e.what() + ": " + e.why());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return broken("interrupted while probing");
        }
    }

    private static List<LayerReport> broken(String why) {
        return List.of(new LayerReport("backend", true, LayerState.UNAVAILABLE, why));
    }

    private static BoxSpec trial() {
        BoxLimits limits = new BoxLimits(
                Duration.ofSeconds(10), Duration.ofSeconds(5), 64L << 20, 32, 1 << 20, 64, 1 << 20, 4096, 1 << 20);
        return new BoxSpec(
                "trial",
                List.of("true"),
                Map.of("PATH", "/usr/bin:/bin"),
                "/workspace",
                new byte[0],
                List.of(),
                List.of(),
                limits,
                SyscallProfile.DEFAULT,
                NetGrant.none(),
                List.of(),
                0);
    }

    @Override
    public Execution run(BoxSpec spec) throws InterruptedException {
        return pool.use(slot -> slot.run(spec));
    }

    @Override
    public void close() {
        pool.close();
        parts.spawner().close();
        directory.close();
    }
}
