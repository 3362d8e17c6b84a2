package dev.mayfly.env.routed;

import dev.mayfly.platform.macos.ProcessFacts;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** From the kernel of macOS. Was not tried on a Mac. */
public final class MacProcesses implements Processes {
    private final IntFunction<Optional<ProcessFacts>> kernel;

    /** @param kernel usually {@link ProcessFacts#of} */
    public MacProcesses(IntFunction<Optional<ProcessFacts>> kernel) {
        this.kernel = kernel;
    }

    @Override
    public long startTime(int pid) {
        return kernel.apply(pid)
                .filter(each -> !each.zombie())
                .map(ProcessFacts::startMicros)
                .orElse(NOBODY);
    }

    @Override
    public OptionalInt parent(int pid) {
        return kernel.apply(pid).map(each -> OptionalInt.of(each.parent())).orElseGet(OptionalInt::empty);
    }
}
