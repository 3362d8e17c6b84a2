package dev.mayfly.app;

import dev.mayfly.sandbox.run.RunOptions;
import dev.mayfly.sandbox.run.RunOutcome;

/** Runs one request to its recorded result; what {@code SandboxRunner} does, and what tests of operations stand in for. */
@FunctionalInterface
interface Runs {
    /** Throws {@code MayflyException} when there is no verdict: malformed, refused, or broken ourselves. */
    RunOutcome run(byte[] request, RunOptions options) throws InterruptedException;
}
