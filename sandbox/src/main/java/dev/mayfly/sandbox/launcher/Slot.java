package dev.mayfly.sandbox.launcher;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.DenialWitness;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.NetEvidence;
import dev.mayfly.sandbox.box.SlotNetwork;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.cgroup.GroupLimits;
import dev.mayfly.sandbox.cgroup.GroupUsage;
import dev.mayfly.sandbox.cgroup.SlotGroup;
import dev.mayfly.sandbox.slot.PooledSlot;
import dev.mayfly.sandbox.slot.SyscallFilters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One launcher with its control groups and its network: runs one job after the other. One owner at a time. After any
 * failure of the conversation the slot is broken for good: what the launcher does then is unknown, so it is closed
 * (which kills its job) and another slot takes its place.
 */
final class Slot implements PooledSlot {
    private static final Duration READY_WITHIN = Duration.ofSeconds(20);
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(20);
    /** The launcher keeps the deadline itself; this is for a launcher that hangs. Killing may take it 10 s. */
    private static final Duration OVERTIME = Duration.ofSeconds(15);

    private final SlotParts parts;
    private final SlotGroup group;
    private final LauncherProcess launcher;
    private final LauncherMessage.Ready ready;
    private final List<LayerReport> layers;
    private final DenialWitness.Watch watch;
    private final boolean notify;
    private SlotNetwork network;
    private boolean resetPending;
    private boolean broken;

    private Slot(
            SlotParts parts,
            SlotGroup group,
            LauncherProcess launcher,
            LauncherMessage.Ready ready,
            SlotNetwork network,
            DenialWitness.Watch watch,
            List<LayerReport> layers) {
        this.parts = parts;
        this.group = group;
        this.launcher = launcher;
        this.ready = ready;
        this.network = network;
        this.watch = watch;
        this.layers = layers;
        this.notify = layers.stream()
                .anyMatch(layer -> layer.name().equals("seccomp-notify") && layer.state() == LayerState.ACTIVE);
    }

    static Slot start(SlotParts parts) throws InterruptedException {
        SlotGroup group = parts.cgroups().newSlot();
        LauncherProcess launcher = null;
        DenialWitness.Watch watch = null;
        try {
            launcher = LauncherProcess.start(
                    parts.launcher(),
                    parts.directory(),
                    "s" + group.number() + "-" + parts.serial().getAndIncrement(),
                    group::enterLauncher);
            long uid = parts.uids().map(range -> range.ofSlot(group.number())).orElse(0L);
            launcher.channel()
                    .send(ConfigFrame.of(parts.image().get(), group.launcherPaths(), uid), ANSWERS_WITHIN.toNanos());
            List<LayerReport> layers = new ArrayList<>();
            watch = Witnessed.watch(parts.witness(), group, layers); // while the launcher gets ready
            LauncherMessage answer = launcher.channel().receive(System.nanoTime() + READY_WITHIN.toNanos());
            if (!(answer instanceof LauncherMessage.Ready ready)) {
                throw new ProtocolException("CONFIG was answered with " + answer);
            }
            layers.addAll(0, ready.layers());
            SlotNetwork network = openNetwork(parts, ready, layers);
            layers.addAll(parts.cgroups().layers());
            return new Slot(parts, group, launcher, ready, network, watch, List.copyOf(layers));
        } catch (IOException | ProtocolException e) {
            String epitaph = launcher == null ? "" : "; " + launcher.epitaph();
            abandon(group, launcher, watch);
            throw new MayflyException(
                    e instanceof ProtocolException ? ErrorCode.LAUNCHER_PROTOCOL : ErrorCode.SANDBOX_SETUP,
                    "the launcher of a slot does not become ready",
                    e.getMessage() + epitaph,
                    "run `mayfly doctor`; if it persists, build the launcher again",
                    e);
        } catch (RuntimeException | InterruptedException e) {
            abandon(group, launcher, watch);
            throw e;
        }
    }

    private static void abandon(
            SlotGroup group, @Nullable LauncherProcess launcher, DenialWitness.@Nullable Watch watch) {
        if (launcher != null) {
            launcher.kill();
            launcher.close();
        }
        if (watch != null) {
            watch.close();
        }
        group.close();
    }

    /** A slot whose network cannot be watched still runs jobs; the layer says so, and grants are refused. */
    private static SlotNetwork openNetwork(SlotParts parts, LauncherMessage.Ready ready, List<LayerReport> layers) {
        LayerReport layer = parts.networks().layer();
        if (layer.state() == LayerState.ACTIVE || layer.state() == LayerState.DEGRADED) {
            try {
                SlotNetwork network = parts.networks().open(ready.pid());
                layers.add(layer);
                return network;
            } catch (MayflyException e) {
                layer = new LayerReport(layer.name(), true, LayerState.UNAVAILABLE, e.what() + ": " + e.why());
            }
        }
        layers.add(layer);
        return SlotNetworks.none(layer.reason()).open(ready.pid());
    }

    List<LayerReport> layers() {
        return layers;
    }

    @Override
    public boolean usable() {
        return !broken && launcher.alive();
    }

    Execution run(BoxSpec spec) throws InterruptedException {
        ByteBuffer frame = frame(spec);
        boolean armed = false;
        boolean sent = false;
        try {
            awaitReset();
            group.begin(
                    new GroupLimits(spec.limits().memoryBytes(), spec.limits().pids()));
            network.arm(spec.net());
            armed = true;
            launcher.channel().send(frame, ANSWERS_WITHIN.toNanos());
            sent = true;
            LauncherMessage.Exited exited = awaitExit(spec);
            GroupUsage usage = group.end();
            armed = false;
            NetEvidence net = network.disarm();
            List<Violation> refused = watch.collect(Witnessed.filtered(exited));
            OutputCollector.Collected outputs = OutputCollector.collect(
                    new Conversation(), spec.outputs(), spec.limits().outputBytes());
            reset(!spec.net().deniesAll());
            return Evidence.execution(spec, exited, usage, net, refused, parts.filters(), layers, outputs);
        } catch (IOException e) {
            broken = true;
            if (!sent) {
                throw new NeverStartedException(spec.runId(), e.getMessage() + "; " + launcher.epitaph(), e);
            }
            throw new MayflyException(
                    ErrorCode.LAUNCHER_DIED,
                    "the launcher died during run " + spec.runId() + "; the run has no result",
                    e.getMessage() + "; " + launcher.epitaph(),
                    "try again; a new launcher takes its place",
                    e);
        } catch (ProtocolException e) {
            broken = true;
            throw new MayflyException(
                    ErrorCode.LAUNCHER_PROTOCOL,
                    "the launcher does not keep to the protocol during run " + spec.runId(),
                    String.valueOf(e.getMessage()),
                    "use the launcher that was built together with this program",
                    e);
        } catch (RuntimeException | Error e) {
            // Whatever was not foreseen (no memory for an answer, say) may leave frames, files and sockets of this run.
            broken |= !(e instanceof MayflyException known && known.code() == ErrorCode.REQUEST_INVALID);
            throw e;
        } finally {
            if (armed) {
                network.disarm();
                watch.collect(Map.of()); // belongs to this run, not to the next
            }
        }
    }

    private ByteBuffer frame(BoxSpec spec) {
        SyscallFilters.Denial denial = notify ? SyscallFilters.Denial.NOTIFY : SyscallFilters.Denial.ERRNO;
        RunFrame.Missing missing = new RunFrame.Missing(lacks("cgroup-memory"), lacks("cgroup-pids"));
        try {
            return RunFrame.of(spec, parts.filters().filter(spec.syscalls(), denial), missing);
        } catch (FrameWriter.TooLarge | IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.REQUEST_TOO_LARGE,
                    "run " + spec.runId() + " cannot be given to the launcher",
                    String.valueOf(e.getMessage()),
                    "send less in files, stdin, arguments and environment",
                    e);
        }
    }

    private boolean lacks(String layer) {
        return layers.stream().noneMatch(l -> l.name().equals(layer) && l.state() == LayerState.ACTIVE);
    }

    /** An interrupt of the calling thread cancels the job; its end is awaited all the same, so nothing stays behind. */
    private LauncherMessage.Exited awaitExit(BoxSpec spec) throws IOException, ProtocolException, InterruptedException {
        long deadline = System.nanoTime() + spec.limits().wall().plus(OVERTIME).toNanos();
        boolean interrupted = false;
        for (; ; ) {
            LauncherMessage message;
            try {
                message = launcher.channel().receive(deadline);
            } catch (InterruptedException e) {
                if (!interrupted) {
                    launcher.channel().send(new FrameWriter(Wire.CANCEL).finish(), ANSWERS_WITHIN.toNanos());
                }
                interrupted = true;
                continue;
            }
            if (message instanceof LauncherMessage.Exited exited) {
                if (interrupted) {
                    reset(!spec.net().deniesAll());
                    throw new InterruptedException("run " + spec.runId() + " was cancelled");
                }
                return exited;
            }
            if (message instanceof LauncherMessage.Refused refused) {
                throw refused(spec, refused, interrupted);
            }
            if (message instanceof LauncherMessage.Failure failure) {
                throw new IOException(failure.text());
            }
            if (!(message instanceof LauncherMessage.Started)) {
                throw new ProtocolException("RUN was answered with something else");
            }
        }
    }

    private MayflyException refused(BoxSpec spec, LauncherMessage.Refused refused, boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        boolean requestsFault = refused.step().equals("file");
        // What failed once in the slot itself may fail for good; another slot costs milliseconds.
        broken = !requestsFault;
        return new MayflyException(
                requestsFault ? ErrorCode.REQUEST_INVALID : ErrorCode.SANDBOX_SETUP,
                "run " + spec.runId() + " was not started: the step " + refused.step() + " failed",
                refused.text(),
                requestsFault
                        ? "give every file another path, and less than disk_mb in all"
                        : "run `mayfly doctor` to see what this machine lacks");
    }

    /**
     * Frees what is kept of the job. The answer is read before the next run: freeing then costs this run nothing, and
     * the next one starts its memory count from an empty slot.
     */
    private void reset(boolean newNetwork) throws IOException, ProtocolException, InterruptedException {
        if (!newNetwork) {
            launcher.channel().send(new FrameWriter(Wire.RESET).number(1, 0).finish(), ANSWERS_WITHIN.toNanos());
            resetPending = true;
            return;
        }
        network.close();
        launcher.channel().send(new FrameWriter(Wire.RESET).number(1, 1).finish(), ANSWERS_WITHIN.toNanos());
        resetPending = true;
        awaitReset();
        network = openNetwork(parts, ready, new ArrayList<>());
    }

    private void awaitReset() throws IOException, ProtocolException, InterruptedException {
        if (resetPending) {
            LauncherMessage answer = new Conversation().receive();
            if (!(answer instanceof LauncherMessage.ResetDone)) {
                throw new ProtocolException("RESET was answered with something else");
            }
            resetPending = false;
        }
    }

    /** Short questions and answers; an interrupt waits until they are over. */
    private final class Conversation implements OutputCollector.Exchange {
        @Override
        public void send(ByteBuffer frame) throws IOException {
            launcher.channel().send(frame, ANSWERS_WITHIN.toNanos());
        }

        @Override
        public LauncherMessage receive() throws IOException, ProtocolException {
            long deadline = System.nanoTime() + ANSWERS_WITHIN.toNanos();
            boolean interrupted = false;
            try {
                for (; ; ) {
                    try {
                        return launcher.channel().receive(deadline);
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    @Override
    public void close() {
        network.close();
        if (broken) {
            launcher.kill();
        }
        launcher.close();
        group.kill();
        watch.close();
        group.close();
    }
}
