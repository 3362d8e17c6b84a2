package dev.mayfly.sandbox.cgroup;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Limits in v1 hierarchies, kill in a v2 leaf where there is one. The launcher lives in the v1 groups for good and its
 * jobs inherit them by fork: moving a process costs a grace period of the kernel when moves are rare. So the limits
 * cover launcher and job together, and what the launcher needs is added on top.
 */
final class V1SlotGroup implements SlotGroup {
    /** The launcher keeps kept output of a job (head and tail of two streams) and its small frames in this memory. */
    private static final long LAUNCHER_BYTES = 8L << 20;

    /** The launcher, the job's init and its short-lived helper. */
    private static final long LAUNCHER_PIDS = 3;

    private final Map<String, Path> groups;
    private final Optional<Path> leaf;
    private final Path claim;
    private final int number;
    private final OpenFiles files;
    private GroupLimits current = new GroupLimits(Long.MAX_VALUE, Long.MAX_VALUE);
    private Start start = new Start(0, 0, 0, 0, 0, 0, 0);

    /** The open files; each is absent where the kernel lacks it. */
    private record OpenFiles(
            Optional<CgroupFile> limit,
            Optional<CgroupFile> limitWithSwap,
            Optional<CgroupFile> peak,
            Optional<CgroupFile> usage,
            Optional<CgroupFile> oom,
            Optional<CgroupFile> pidsMax,
            Optional<CgroupFile> pidsPeak,
            Optional<CgroupFile> pidsEvents,
            Optional<CgroupFile> cpu,
            Optional<CgroupFile> io,
            Optional<CgroupFile> leafCpu) {
        List<CgroupFile> all() {
            List<CgroupFile> all = new ArrayList<>();
            for (Optional<CgroupFile> file :
                    List.of(limit, limitWithSwap, peak, usage, oom, pidsMax, pidsPeak, pidsEvents, cpu, io, leafCpu)) {
                file.ifPresent(all::add);
            }
            return all;
        }
    }

    private record Start(long cpu, long memory, long pidsPeak, long read, long written, long oom, long pidsRefused) {}

    /** @param claim the one of the groups whose existence says that the number is taken */
    V1SlotGroup(Map<String, Path> groups, Optional<Path> leaf, Path claim, int number) throws IOException {
        this.claim = claim;
        this.groups = Map.copyOf(groups);
        this.leaf = leaf;
        this.number = number;
        this.files = new OpenFiles(
                open("memory", "memory.limit_in_bytes"),
                open("memory", "memory.memsw.limit_in_bytes"),
                open("memory", "memory.max_usage_in_bytes"),
                open("memory", "memory.usage_in_bytes"),
                open("memory", "memory.oom_control"),
                open("pids", "pids.max"),
                open("pids", "pids.peak"),
                open("pids", "pids.events"),
                open("cpuacct", "cpuacct.usage"),
                open("blkio", "blkio.throttle.io_service_bytes"),
                leaf.isPresent() ? CgroupFile.open(leaf.get().resolve("cpu.stat")) : Optional.empty());
    }

    private Optional<CgroupFile> open(String controller, String name) throws IOException {
        Path group = groups.get(controller);
        return group == null ? Optional.empty() : CgroupFile.open(group.resolve(name));
    }

    @Override
    public int number() {
        return number;
    }

    @Override
    public void enterLauncher(long pid) {
        for (Path group : groups.values().stream().distinct().toList()) {
            try {
                Files.writeString(group.resolve("cgroup.procs"), pid + "\n");
            } catch (IOException e) {
                throw failed("process " + pid + " cannot enter " + group, e);
            }
        }
    }

    @Override
    public LauncherPaths launcherPaths() {
        List<Path> cpu = new ArrayList<>();
        if (files.leafCpu().isPresent()) {
            cpu.add(leaf.orElseThrow().resolve("cpu.stat"));
        } else if (files.cpu().isPresent()) {
            cpu.add(files.cpu().get().path());
        }
        return new LauncherPaths(
                leaf,
                leaf.map(l -> l.resolve("cgroup.kill")).filter(Files::exists),
                cpu,
                files.oom().map(CgroupFile::path),
                files.pidsEvents().map(CgroupFile::path));
    }

    @Override
    public List<Path> joinFiles() {
        List<Path> all = new ArrayList<>();
        groups.values().stream().distinct().forEach(group -> all.add(group.resolve("cgroup.procs")));
        leaf.ifPresent(l -> all.add(l.resolve("cgroup.procs")));
        return all;
    }

    @Override
    public void begin(GroupLimits limits) {
        try {
            if (limits.memoryBytes() != current.memoryBytes()) {
                limitMemory(limits.memoryBytes() + LAUNCHER_BYTES);
            }
            if (limits.pids() != current.pids() && files.pidsMax().isPresent()) {
                files.pidsMax().get().write(limits.pids() + LAUNCHER_PIDS);
            }
            current = limits;
            if (files.peak().isPresent()) {
                files.peak().get().write(0);
            }
            start = read();
        } catch (IOException e) {
            current = new GroupLimits(Long.MAX_VALUE, Long.MAX_VALUE);
            throw failed("the limits of a run cannot be set", e);
        }
    }

    /**
     * The kernel refuses memory plus swap below memory at any moment, so the order depends on the direction; the other
     * order is tried when an earlier failure left the two in between.
     */
    private void limitMemory(long bytes) throws IOException {
        boolean raising = bytes > current.memoryBytes();
        try {
            limitMemory(bytes, raising);
        } catch (IOException e) {
            limitMemory(bytes, !raising);
        }
    }

    private void limitMemory(long bytes, boolean swapFirst) throws IOException {
        List<Optional<CgroupFile>> order = swapFirst
                ? List.of(files.limitWithSwap(), files.limit())
                : List.of(files.limit(), files.limitWithSwap());
        for (Optional<CgroupFile> file : order) {
            if (file.isPresent()) {
                file.get().write(bytes);
            }
        }
    }

    private Start read() throws IOException {
        long[] io = files.io().isPresent() ? IoCounters.v1(files.io().get().read()) : new long[] {-1, -1};
        return new Start(
                cpuNanos(),
                number(files.usage()),
                number(files.pidsPeak()),
                io[0],
                io[1],
                files.oom().isPresent() ? files.oom().get().readKey("oom_kill") : -1,
                files.pidsEvents().isPresent() ? files.pidsEvents().get().readKey("max") : -1);
    }

    private long cpuNanos() throws IOException {
        if (files.leafCpu().isPresent()) { // of the job alone
            return files.leafCpu().get().readKey("usage_usec") * 1000;
        }
        return number(files.cpu());
    }

    private static long number(Optional<CgroupFile> file) throws IOException {
        return file.isPresent() ? file.get().readNumber() : -1;
    }

    @Override
    public GroupUsage end() {
        try {
            Start now = read();
            long peak = number(files.peak());
            return new GroupUsage(
                    Deltas.of(now.cpu(), start.cpu()),
                    peak < 0 ? -1 : Math.max(0, peak - Math.max(0, start.memory())),
                    // The peak of this file cannot be reset: it says something only when this run raised it.
                    now.pidsPeak() > start.pidsPeak() ? Math.max(1, now.pidsPeak() - LAUNCHER_PIDS + 1) : -1,
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
        if (leaf.isPresent()) {
            CgroupDirectory.kill(leaf.get());
        } else {
            groups.values().stream().distinct().limit(1).forEach(CgroupDirectory::kill);
        }
    }

    @Override
    public boolean empty() {
        return leaf.or(() -> groups.values().stream().findFirst())
                .map(group -> CgroupDirectory.members(group).isEmpty())
                .orElse(true);
    }

    /**
     * The claim goes last, and stays when a group of the slot does: the next slot of this number would take that group
     * over, and a leaf that was killed kills whatever is cloned into it later (seen on Linux 6.18).
     */
    @Override
    public void close() {
        files.all().forEach(CgroupFile::close);
        boolean gone = leaf.map(CgroupDirectory::remove).orElse(true);
        for (Path group : groups.values().stream().distinct().toList()) {
            if (!group.equals(claim)) {
                gone &= CgroupDirectory.remove(group);
            }
        }
        if (gone) {
            CgroupDirectory.remove(claim);
        }
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
