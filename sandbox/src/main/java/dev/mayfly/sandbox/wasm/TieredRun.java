package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.Exit;

/**
 * Interprets a program at first, and when it turns out to compute for longer, compiles it and runs it again from the
 * start. That is sound because a run is a pure function of its spec: nothing of the first attempt was seen by anyone.
 * Short programs so never wait for the compiler, and long ones lose at most about as much as compiling takes.
 */
final class TieredRun {
    private static final long FIRST_SLICE = 2_000_000;

    /** Compiling takes about as long as interpreting this many instructions for each byte of code. */
    private static final long FUEL_PER_CODE_BYTE = 16;

    private final BoxSpec spec;
    private final WasmCommand command;
    private final ModuleLimits moduleLimits;
    private final Tiering tiering;
    private volatile WasmRun run;

    enum Tiering {
        ADAPTIVE,
        INTERPRET,
        COMPILE
    }

    TieredRun(BoxSpec spec, WasmCommand command, ModuleLimits moduleLimits, Tiering tiering) {
        this.spec = spec;
        this.command = command;
        this.moduleLimits = moduleLimits;
        this.tiering = tiering;
        this.run = fresh(Long.MAX_VALUE);
    }

    private WasmRun fresh(long slice) {
        WasmRun prepared = new WasmRun(spec, command, moduleLimits, slice);
        prepared.prepare();
        return prepared;
    }

    /** The attempt that counts; complete when {@link #run(ProgramCache)} has returned. */
    WasmRun attempt() {
        return run;
    }

    Exit run(ProgramCache programs) {
        WasmEngine.Program program;
        try {
            program = programs.load(command.module());
        } catch (BadModuleException e) {
            return run.refuse(e);
        } catch (OutOfMemoryError _) {
            return run.refuse(new BadModuleException("loading it takes more memory than the host has"));
        } catch (WasmEngine.GuestInterrupted _) {
            return run.outOfTime();
        }
        if (tiering == Tiering.ADAPTIVE && !program.compiled()) {
            run = fresh(FIRST_SLICE + FUEL_PER_CODE_BYTE * program.module().codeBytes());
            Exit exit = run.run(program);
            if (!run.sliceEnded()) {
                return exit;
            }
            program.compile();
            run = fresh(Long.MAX_VALUE);
        } else if (tiering == Tiering.COMPILE) {
            program.compile();
        }
        return run.run(program);
    }
}
