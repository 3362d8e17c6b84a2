package dev.mayfly.sandbox.wasm;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.Exit;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Runs WASI preview 1 programs in this JVM: deterministic, and held by the engine rather than by the kernel.
 *
 * <p>How endings are told: {@code proc_exit} gives its code (its low byte); a trap gives 134 and a line
 * {@code wasm trap: ...} on stderr; a module that cannot run gives 126 and a line that says why; empty fuel
 * ({@code limits.cpu}, one nanosecond an instruction) gives signal 24 (SIGXCPU); the wall limit, real or virtual, gives
 * signal 9.
 */
public final class WasmBackend implements Backend {
    /** Far more than the stack budget of a program can use; only touched pages take memory. */
    private static final long THREAD_STACK_BYTES = 256L << 20;

    /** What the parsed form of a module can take for each of its bytes: measured below 100 for code of short instructions. */
    private static final long PARSED_BYTES_PER_BYTE = 100;

    private static final long IDLE_THREAD_SECONDS = 5;

    private final ModuleLimits moduleLimits;
    private final TieredRun.Tiering tiering;
    private final ProgramCache programs;
    private final HeapBudget heap;
    private final ThreadPoolExecutor threads;

    public WasmBackend() {
        this(
                ModuleLimits.standard(),
                TieredRun.Tiering.ADAPTIVE,
                Runtime.getRuntime().maxMemory() * 3 / 4);
    }

    WasmBackend(ModuleLimits moduleLimits, TieredRun.Tiering tiering, long heapBytes) {
        this.tiering = tiering;
        this.moduleLimits = moduleLimits;
        this.programs = new ProgramCache(new ChicoryEngine(moduleLimits), heapBytes / 400);
        this.heap = new HeapBudget(heapBytes);
        this.threads = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE_THREAD_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(null, task, "wasm-run", THREAD_STACK_BYTES);
                    thread.setDaemon(true);
                    return thread;
                });
    }

    @Override
    public String name() {
        return "wasm";
    }

    @Override
    public List<LayerReport> layers() {
        return List.of(
                layer(
                        "wasm-engine",
                        "Chicory inside this JVM: bounds-checked memory and our imports only;"
                                + " no kernel sandbox stands around it"),
                layer(
                        "wasm-memory",
                        "linear memory and tables are capped; programs share " + heap.mebibytes() + " MiB of heap"),
                layer("wasm-stack", "calls nest to a fixed budget of " + moduleLimits.stackBytes() + " bytes"),
                layer("wasm-fuel", "the module counts its own instructions; one is one nanosecond of limits.cpu"),
                layer("wasm-deadline", "the thread is interrupted at the wall limit; virtual sleep counts as well"),
                layer(
                        "wasm-vfs",
                        "/workspace and /tmp in memory with size, file and descriptor caps;"
                                + " no host path exists, granted ones neither"),
                layer("wasm-clock", "time starts at 2026-01-01T00:00:00Z and moves with the instructions"),
                layer("wasm-random", "random_get is computed from the seed"),
                layer("wasm-net", "there is no network, granted or not"));
    }

    private static LayerReport layer(String name, String evidence) {
        return new LayerReport(name, true, LayerState.ACTIVE, evidence);
    }

    @Override
    public Execution run(BoxSpec spec) throws InterruptedException {
        WasmCommand command = WasmCommand.of(spec);
        int reserved = heap.reserve(worstCase(spec, command));
        try {
            return runReserved(spec, command);
        } finally {
            heap.release(reserved);
        }
    }

    private static long worstCase(BoxSpec spec, WasmCommand command) {
        long disk = Math.min(spec.limits().diskBytes(), Integer.MAX_VALUE);
        long memory = Math.min(spec.limits().memoryBytes(), Integer.MAX_VALUE);
        return memory + 2 * disk + 2L * spec.limits().streamBytes() + PARSED_BYTES_PER_BYTE * command.module().length;
    }

    private Execution runReserved(BoxSpec spec, WasmCommand command) throws InterruptedException {
        long begin = System.nanoTime();
        TieredRun run = new TieredRun(spec, command, moduleLimits, tiering);
        Worker worker = new Worker(() -> run.run(programs));
        threads.execute(worker);
        Duration killLatency = Duration.ZERO;
        boolean late;
        try {
            late = !worker.await(spec.limits().wall().toNanos());
        } catch (InterruptedException e) {
            worker.stop();
            worker.awaitUninterruptibly();
            throw e;
        }
        if (late) {
            long killed = System.nanoTime();
            worker.stop();
            worker.awaitUninterruptibly();
            killLatency = Duration.ofNanos(System.nanoTime() - killed);
        }
        Exit exit = worker.exit()
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.INTERNAL,
                        "the wasm back end failed on run " + spec.runId(),
                        String.valueOf(worker.failure().orElse(null)),
                        "report this with the module",
                        worker.failure().orElse(null)));
        return execution(run.attempt(), exit, Duration.ofNanos(System.nanoTime() - begin), killLatency);
    }

    private Execution execution(WasmRun run, Exit exit, Duration wall, Duration killLatency) {
        Set<LimitHit> limits = EnumSet.noneOf(LimitHit.class);
        limits.addAll(run.limitsHit());
        return new Execution(
                exit,
                wall,
                run.stdout().captured(),
                run.stderr().captured(),
                run.denials().sorted(),
                limits,
                run.usage(),
                layers(),
                run.outputs().collected(),
                run.outputs().dropped(),
                killLatency);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
