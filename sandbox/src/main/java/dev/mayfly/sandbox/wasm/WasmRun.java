package dev.mayfly.sandbox.wasm;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.InputFile;
import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.api.Usage;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.Exit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One run: its file tree, its descriptors, its meter, and how it ended. Everything happens on the thread that calls
 * {@link #run}; afterwards the fields are read by the thread that waited for it.
 */
final class WasmRun {
    private static final int PAGE = 1 << 16;
    private static final int SIGKILL = 9;
    private static final int SIGXCPU = 24;

    /** What a shell shows for a process that aborted: 128 + SIGABRT. */
    private static final int TRAPPED = 134;

    /** What a shell shows for a file it cannot execute. */
    private static final int NOT_EXECUTABLE = 126;

    private final BoxSpec spec;
    private final WasmCommand command;
    private final ModuleLimits moduleLimits;
    private final Set<LimitHit> limitsHit = EnumSet.noneOf(LimitHit.class);
    private final Denials denials = new Denials();
    private final RunMeter meter;
    private final Vfs vfs;
    private final StreamCapture stdout;
    private final StreamCapture stderr;
    private final OutputFiles outputs;
    private final WasiContext context;
    private WasmEngine.@Nullable Guest guest;

    WasmRun(BoxSpec spec, WasmCommand command, ModuleLimits moduleLimits, long slice) {
        this.spec = spec;
        this.command = command;
        this.moduleLimits = moduleLimits;
        meter = new RunMeter(spec.limits().cpu(), spec.limits().wall(), slice);
        vfs = new Vfs(spec.limits(), limitsHit, meter::realtime, denials);
        stdout = new StreamCapture(spec.limits().streamBytes());
        stderr = new StreamCapture(spec.limits().streamBytes());
        outputs = new OutputFiles(spec.outputs(), spec.limits().outputBytes());
        List<byte[]> environment = new ArrayList<>();
        spec.env().forEach((name, value) -> environment.add(bytes(name + "=" + value)));
        context = new WasiContext(
                meter,
                vfs,
                new DescriptorTable(spec.limits().openFiles(), limitsHit),
                denials,
                new SeededRandom(spec.seed()),
                command.arguments().stream().map(WasmRun::bytes).toList(),
                environment,
                new WasiContext.StandardInput(spec.stdin()),
                stdout,
                stderr);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Puts the files in place and opens what every program finds open. */
    void prepare() {
        for (InputFile file : spec.files()) {
            try {
                vfs.place(file);
            } catch (WasiException e) {
                throw new MayflyException(
                        ErrorCode.POLICY_REFUSES,
                        "file " + file.path() + " cannot be put into the box",
                        e.errno() == Errno.NOSPC || e.errno() == Errno.FBIG
                                ? "the files do not fit limits.disk_mb or limits.fsize_mb"
                                : "its path is taken by another file or folder",
                        "send less, or raise the limit in the policy");
            }
        }
        for (int i = 0; i < 3; i++) {
            context.descriptors().add(new Descriptor.Stream(i));
        }
        openFolder(vfs.root(), "", "/");
        openFolder(workingFolder(), spec.cwd(), ".");
        limitsHit.clear();
    }

    private void openFolder(VfsNode.Directory directory, String path, String preopenName) {
        context.descriptors()
                .add(new Descriptor.OpenDirectory(directory, path, preopenName, Rights.DIRECTORY, Rights.ALL, 0));
    }

    private VfsNode.Directory workingFolder() {
        String below = spec.cwd().startsWith("/") ? spec.cwd().substring(1) : spec.cwd();
        try {
            return Vfs.directory(vfs.walk(vfs.root(), "", below.isEmpty() ? "." : below, true)
                    .node());
        } catch (WasiException e) {
            throw new MayflyException(
                    ErrorCode.SANDBOX_UNAVAILABLE,
                    "the working folder " + spec.cwd() + " does not exist in the wasm back end",
                    "only /workspace and /tmp and what the request puts there exist",
                    "use /workspace",
                    e);
        }
    }

    /** Runs the program to its end, or to the end of its slice. Never throws for what the program is or does. */
    Exit run(WasmEngine.Program program) {
        try {
            Exit exit = start(program);
            outputs.collect(
                    Vfs.directory(Objects.requireNonNull(vfs.root().entries.get("workspace"))));
            return exit;
        } catch (OutOfMemoryError _) {
            limitsHit.add(LimitHit.MEMORY);
            say("wasm: the host has no memory left for this program");
            return new Exit.Signaled(SIGKILL);
        } finally {
            finish();
        }
    }

    /** The end of a run whose module does not load. */
    Exit refuse(BadModuleException reason) {
        say("wasm: cannot run " + command.path() + ": " + reason.getMessage());
        return new Exit.Exited(NOT_EXECUTABLE);
    }

    /** True when all it ran out of was its slice, so that it must run again from the start with all its fuel. */
    boolean sliceEnded() {
        return meter.sliced() && meter.empty();
    }

    private Exit start(WasmEngine.Program program) {
        WasmEngine.Guest running;
        try {
            MeteredModule module = program.module();
            checkLinks(module);
            List<WasmEngine.HostCall> imports = new WasiTable(context).bind(module.imports());
            running = program.instantiate(imports, maxPages());
        } catch (BadModuleException e) {
            return refuse(e);
        } catch (WasmEngine.WasmTrap e) {
            say("wasm trap: " + e.getMessage());
            return new Exit.Exited(TRAPPED);
        }
        guest = running;
        meter.start(running);
        running.setStack(moduleLimits.stackBytes());
        return drive(running);
    }

    private Exit drive(WasmEngine.Guest running) {
        try {
            running.run();
            return meter.empty() ? outOfFuel() : new Exit.Exited(0);
        } catch (RunStop stop) {
            return switch (stop.why()) {
                case EXIT -> new Exit.Exited(stop.code() & 0xff);
                case FUEL -> outOfFuel();
                case WALL -> outOfTime();
            };
        } catch (WasmEngine.WasmTrap trap) {
            if (meter.empty()) {
                return outOfFuel();
            }
            String why = running.stackLeft() < 0 ? "call stack exhausted" : String.valueOf(trap.getMessage());
            say("wasm trap: " + why);
            return new Exit.Exited(TRAPPED);
        } catch (WasmEngine.GuestInterrupted _) {
            return outOfTime();
        }
    }

    private Exit outOfFuel() {
        limitsHit.add(LimitHit.FUEL);
        return new Exit.Signaled(SIGXCPU);
    }

    /** The end of a run at the wall limit. */
    Exit outOfTime() {
        limitsHit.add(LimitHit.WALL);
        return new Exit.Signaled(SIGKILL);
    }

    private int maxPages() {
        return (int) Math.min(32_767, spec.limits().memoryBytes() / PAGE);
    }

    private void checkLinks(MeteredModule module) {
        if (!module.otherImports().isEmpty()) {
            module.otherImports().forEach(name -> denials.add("wasm.imports", name));
            throw new BadModuleException("it imports " + module.otherImports().getFirst()
                    + ", and only functions of wasi_snapshot_preview1 exist here");
        }
        if (module.memoryMinPages() > maxPages()) {
            limitsHit.add(LimitHit.MEMORY);
            throw new BadModuleException("it needs " + (long) module.memoryMinPages() * PAGE
                    + " bytes of memory at the start, limits.memory_mb gives "
                    + spec.limits().memoryBytes());
        }
    }

    private void say(String line) {
        byte[] text = bytes(line + "\n");
        stderr.write(text, 0, text.length);
    }

    private void finish() {
        WasmEngine.Guest ended = guest;
        if (ended != null && ended.growthRefused()) {
            limitsHit.add(LimitHit.MEMORY);
        }
        if (stdout.captured().truncated() || stderr.captured().truncated()) {
            limitsHit.add(LimitHit.STDOUT);
        }
    }

    StreamCapture stdout() {
        return stdout;
    }

    StreamCapture stderr() {
        return stderr;
    }

    Denials denials() {
        return denials;
    }

    Set<LimitHit> limitsHit() {
        return limitsHit;
    }

    OutputFiles outputs() {
        return outputs;
    }

    /** In virtual time, so that it is in the unit of the limit and does not vary. */
    Usage usage() {
        long memory = guest == null ? 0 : guest.memory().size();
        return new Usage(Duration.ofNanos(meter.used()), memory + vfs.peakBytes(), 1, -1, -1);
    }
}
