package dev.mayfly.sandbox.cgroup;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Limits in the v2 tree: {@code slot-N/launcher} holds the launcher, {@code slot-N/job} its jobs, because a group with
 * controllers for its children may hold no process itself. Limits stand on the job leaf, so nothing is added for the
 * launcher.
 */
final class V2SlotGroup implements SlotGroup {
    /** The job's init counts as one task of the leaf. */
    private static final long INIT_PIDS = 1;

    private final int number;
    private final Path slot;
    private final Path launcher;
    private final Path job;
    private final List<CgroupFile> open = new ArrayList<>();
    private final Optional<CgroupFile> memoryMax;
    private final Optional<CgroupFile> memoryPeak;
    private final Optional<CgroupFile> memoryEvents;
    private final Optional<CgroupFile> pidsMax;
    private final Optional<CgroupFile> pidsPeak;
    private final Optional<CgroupFile> pidsEvents;
    private final Optional<CgroupFile> cpu;
    private final Optional<CgroupFile> io;
    private GroupLimits current = new GroupLimits(Long.MAX_VALUE, Long.MAX_VALUE);
    private boolean peakReset;
    private Start start = new Start(0, 0, 0, 0, 0, 0, 0);

    private record Start(long cpu, long peak, long pidsPeak, long read, long written, long oom, long pidsRefused) {}

    V2SlotGroup(Path slot, int number) throws IOException {
        this.slot = slot;
        this.number = number;
        this.launcher = CgroupDirectory.make(slot.resolve("launcher"));
        this.job = CgroupDirectory.make(slot.resolve("job"));
        this.memoryMax = open("memory.max");
        this.memoryPeak = open("memory.peak");
        this.memoryEvents = open("memory.events");
        this.pidsMax = open("pids.max");
        this.pidsPeak = open("pids.peak");
        this.pidsEvents = open("pids.events");
        this.cpu = open("cpu.stat");
        this.io = open("io.stat");
        // One process too many ends the whole job, not whichever process the kernel likes least.
        setOnce("memory.oom.group", "1");
        setOnce("memory.swap.max", "0");
    }

    private Optional<CgroupFile> open(String name) throws IOException {
        Optional<CgroupFile> file = CgroupFile.open(job.resolve(name));
        file.ifPresent(open::add);
        return file;
    }

    private void setOnce(String name, String value) throws IOException {
        Path file = job.resolve(name);
        if (Files.exists(file)) {
            Files.writeString(file, value + "\n");
        }
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public void enterLauncher(long pid) {
        try {
            Files.writeString(launcher.resolve("cgroup.procs"), pid + "\n");
        } catch (IOException e) {
            throw failed("process " + pid + " cannot enter " + launcher, e);
        }
    }

    @Override
    public LauncherPaths launcherPaths() {
        return new LauncherPaths(
                Optional.of(job),
                Optional.of(job.resolve("cgroup.kill")).filter(Files::exists),
                cpu.isPresent() ? List.of(job.resolve("cpu.stat")) : List.of(),
                memoryEvents.map(f -> job.resolve("memory.events")),
                pidsEvents.map(f -> job.resolve("pids.events")));
    }

    @Override
    public List<Path> joinFiles() {
        return List.of(job.resolve("cgroup.procs"));
    }

    @Override
    public void begin(GroupLimits limits) {
        try {
            if (limits.memoryBytes() != current.memoryBytes() && memoryMax.isPresent()) {
                memoryMax.get().write(limits.memoryBytes());
            }
            if (limits.pids() != current.pids() && pidsMax.isPresent()) {
                pidsMax.get().write(limits.pids() + INIT_PIDS);
            }
            current = limits;
            resetPeak();
            start = read();
        } catch (IOException e) {
            current = new GroupLimits(Long.MAX_VALUE, Long.MAX_VALUE);
            throw failed("the limits of a run cannot be set", e);
        }
    }

    private void resetPeak() {
        peakReset = false;
        if (memoryPeak.isPresent()) {
            try {
                memoryPeak.get().write("reset");
                peakReset = true;
            } catch (IOException e) {
                peakReset = false; // before Linux 6.12 the file is read-only; end() then reports only a raised peak
            }
        }
    }

    private Start read() throws IOException {
        long[] bytes = io.isPresent() ? IoCounters.v2(io.get().read()) : new long[] {-1, -1};
        return new Start(
                cpu.isPresent() ? cpu.get().readKey("usage_usec") * 1000 : -1,
                memoryPeak.isPresent() ? memoryPeak.get().readNumber() : -1,
                pidsPeak.isPresent() ? pidsPeak.get().readNumber() : -1,
                bytes[0],
                bytes[1],
                memoryEvents.isPresent() ? memoryEvents.get().readKey("oom_kill") : -1,
                pidsEvents.isPresent() ? pidsEvents.get().readKey("max") : -1);
    }

    @Override
    public GroupUsage end() {
        try {
            Start now = read();
            return new GroupUsage(
                    Deltas.of(now.cpu(), start.cpu()),
                    peakReset || now.peak() > start.peak() ? now.peak() : -1,
                    now.pidsPeak() > start.pidsPeak() ? Math.max(1, now.pidsPeak() - INIT_PIDS) : -1,
                    Deltas.of(now.read(), start.read()),
                    Deltas.of(now.written(), start.written()),
                    Deltas.of(now.oom(), start.oom()),
                    Deltas.of(now.pidsRefused(), start.pidsRefused()));
        } catch (IOException e) {
            return GroupUsage.UNKNOWN;
        }
    }

    @Override
    public void kill() {
        CgroupDirectory.kill(job);
    }

    @Override
    public boolean empty() {
        return CgroupDirectory.members(job).isEmpty();
    }

    @Override
    public void close() {
        open.forEach(CgroupFile::close);
        CgroupDirectory.remove(slot);
    }

    private static MayflyException failed(String what, IOException e) {
        return new MayflyException(
                ErrorCode.SANDBOX_SETUP,
                what,
                String.valueOf(e.getMessage()),
                "run `mayfly doctor` and see the cgroup lines",
                e);
    }
}
