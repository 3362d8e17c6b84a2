package dev.mayfly.sandbox.bwrap;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.InputFile;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.cgroup.CgroupTree;
import dev.mayfly.sandbox.cgroup.GroupLimits;
import dev.mayfly.sandbox.cgroup.GroupUsage;
import dev.mayfly.sandbox.cgroup.SlotGroup;
import dev.mayfly.sandbox.slot.PooledSlot;
import dev.mayfly.sandbox.slot.SyscallFilters;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Runs one box after the other with bubblewrap in the control groups and under the user id of one slot. */
final class BwrapSlot implements PooledSlot {
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final Duration DIES_WITHIN = Duration.ofSeconds(10);

    private final BwrapParts parts;
    private final SlotGroup group;
    private final Optional<Long> uid;
    private final Path directory;
    private boolean broken;

    BwrapSlot(BwrapParts parts) {
        this.parts = parts;
        this.group = parts.cgroups().newSlot();
        this.uid = parts.uids().map(range -> range.ofSlot(group.number()));
        this.directory = parts.directory().resolve("s" + group.number());
        try {
            Files.createDirectory(directory);
        } catch (IOException e) {
            group.close();
            throw setup("the folder of a slot cannot be made", String.valueOf(e.getMessage()), e);
        }
    }

    @Override
    public boolean usable() {
        return !broken;
    }

    Execution run(BoxSpec spec) throws InterruptedException {
        if (!spec.net().deniesAll()) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_UNAVAILABLE,
                    "run " + spec.runId() + " may use the network, but the bwrap backend cannot mediate it",
                    "bubblewrap gives a run either no network or all of it",
                    "use the native backend, or take the network out of request and policy");
        }
        List<BoxFolder> folders = new ArrayList<>();
        broken = true; // until this run has been cleaned up
        try {
            Execution execution = run(spec, folders);
            folders.forEach(BoxFolder::close);
            folders.clear();
            broken = false;
            return execution;
        } catch (IOException e) {
            throw setup("run " + spec.runId() + " was not started", String.valueOf(e.getMessage()), e);
        } finally {
            folders.forEach(BoxFolder::close);
        }
    }

    private Execution run(BoxSpec spec, List<BoxFolder> folders) throws IOException, InterruptedException {
        boolean tmpFiles = spec.files().stream().anyMatch(file -> file.path().startsWith("/tmp/"));
        boolean workFiles = spec.files().stream().anyMatch(file -> !file.path().startsWith("/tmp/"));
        Optional<BoxFolder> workspace = workFiles || !spec.outputs().isEmpty()
                ? Optional.of(folder(spec, "work", "0755", folders))
                : Optional.empty();
        Optional<BoxFolder> tmp = tmpFiles ? Optional.of(folder(spec, "tmp", "1777", folders)) : Optional.empty();
        for (InputFile file : spec.files()) {
            place(file, workspace, tmp);
        }
        try (PinnedBinds binds = PinnedBinds.open(spec.binds(), directory.resolve("binds"))) {
            return run(spec, folders, binds, workspace, tmp);
        }
    }

    private Execution run(
            BoxSpec spec,
            List<BoxFolder> folders,
            PinnedBinds binds,
            Optional<BoxFolder> workspace,
            Optional<BoxFolder> tmp)
            throws IOException, InterruptedException {
        BwrapCommand.Places places = new BwrapCommand.Places(
                Files.write(
                        directory.resolve("filter"),
                        parts.filters().filter(spec.syscalls(), SyscallFilters.Denial.ERRNO)),
                directory.resolve("status"),
                binds,
                workspace.map(BoxFolder::path),
                tmp.map(BoxFolder::path),
                group.joinFiles());
        Files.deleteIfExists(places.status());
        group.begin(new GroupLimits(spec.limits().memoryBytes(), spec.limits().pids()));
        BwrapRun run = new BwrapRun(spec, parts.spawner().start(builder(spec, places)));
        supervise(spec, run);
        GroupUsage usage = group.end();
        String status = Files.exists(places.status()) ? Files.readString(places.status()) : "";
        run.checkStarted(status);
        binds.check();
        BoxFolder.Collected outputs = workspace
                .filter(folder -> !spec.outputs().isEmpty())
                .map(folder -> folder.collect(spec.outputs(), spec.limits().outputBytes()))
                .orElse(BoxFolder.Collected.NOTHING);
        return run.execution(usage, outputs, parts.layers(!folders.isEmpty()));
    }

    private BoxFolder folder(BoxSpec spec, String name, String mode, List<BoxFolder> folders)
            throws InterruptedException {
        BoxFolder folder = BoxFolder.make(
                directory.resolve(name), parts.tools(), uid, spec.limits().diskBytes(), mode);
        folders.add(folder);
        return folder;
    }

    private static void place(InputFile file, Optional<BoxFolder> workspace, Optional<BoxFolder> tmp)
            throws IOException {
        boolean script = file.content().length > 2 && file.content()[0] == '#' && file.content()[1] == '!';
        boolean elf = file.content().length > 4 && file.content()[0] == 0x7f && file.content()[1] == 'E';
        String path = file.path();
        try {
            if (path.startsWith("/tmp/")) {
                tmp.orElseThrow().put(path.substring("/tmp/".length()), file.content(), script || elf);
            } else {
                String relative = path.startsWith("/workspace/") ? path.substring("/workspace/".length()) : path;
                workspace.orElseThrow().put(relative, file.content(), script || elf);
            }
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.REQUEST_INVALID,
                    "the file " + path + " of the request cannot be put in place",
                    String.valueOf(e.getMessage()),
                    "give every file another path, and less than disk_mb in all",
                    e);
        }
    }

    private ProcessBuilder builder(BoxSpec spec, BwrapCommand.Places places) throws IOException {
        CgroupTree groups = parts.cgroups();
        BwrapCommand.Missing missing = new BwrapCommand.Missing(!groups.limits("memory"), !groups.limits("pids"));
        ProcessBuilder builder =
                new ProcessBuilder(BwrapCommand.of(parts.tools(), parts.image(), spec, uid, places, missing));
        builder.environment().clear();
        File stdin = new File("/dev/null");
        if (spec.stdin().length > 0) {
            stdin = Files.write(directory.resolve("stdin"), spec.stdin()).toFile();
        }
        return builder.redirectInput(stdin).directory(new File("/"));
    }

    /** Waits for the end, and brings it about at a limit or an interrupt; returns when no process is left. */
    private void supervise(BoxSpec spec, BwrapRun run) throws InterruptedException {
        long deadline = run.startNanos() + spec.limits().wall().toNanos();
        long cpuLimit = spec.limits().cpu().toNanos();
        try {
            for (; ; ) {
                long left = deadline - System.nanoTime();
                long wait = cpuLimit > 0 ? Math.min(TICK_NANOS, left) : left;
                if (left <= 0) {
                    run.killed(BwrapRun.Reason.WALL);
                    break;
                }
                if (run.process().waitFor(wait, TimeUnit.NANOSECONDS)) {
                    break;
                }
                if (cpuLimit > 0 && group.end().cpuNanos() >= cpuLimit) {
                    run.killed(BwrapRun.Reason.CPU);
                    break;
                }
            }
        } finally {
            killAll(run);
        }
    }

    /**
     * Also after a normal end: whatever the control group still holds belongs to nobody. Killed through its handle, because
     * {@link Process#destroyForcibly} closes the streams, and what is still in them with it.
     */
    private void killAll(BwrapRun run) throws InterruptedException {
        boolean interrupted = Thread.interrupted();
        group.kill();
        run.process().toHandle().destroyForcibly();
        long deadline = System.nanoTime() + DIES_WITHIN.toNanos();
        while ((run.process().isAlive() || !group.empty()) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(200_000);
            interrupted |= Thread.interrupted();
            if (run.process().isAlive() || !group.empty()) {
                group.kill();
            }
        }
        run.ended(run.process().isAlive() || !group.empty());
        if (interrupted) {
            throw new InterruptedException("run was cancelled");
        }
    }

    private static MayflyException setup(String what, String why, IOException cause) {
        return new MayflyException(ErrorCode.SANDBOX_SETUP, what, why, "run `mayfly doctor`", cause);
    }

    @Override
    public void close() {
        group.kill();
        group.close();
        try {
            Trees.delete(directory);
        } catch (IOException e) {
            // Removed with the runtime directory, or swept by the next instance.
        }
    }

    /** Keeps text decoding in one place for the error messages of this package. */
    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8).trim();
    }
}
