package dev.mayfly.fleet.runner;

import static dev.mayfly.fleet.runner.RunnerState.BOOTING;
import static dev.mayfly.fleet.runner.RunnerState.CREATING;
import static dev.mayfly.fleet.runner.RunnerState.ERROR;
import static dev.mayfly.fleet.runner.RunnerState.GONE;
import static dev.mayfly.fleet.runner.RunnerState.RUNNING;
import static dev.mayfly.fleet.runner.RunnerState.SSH_READY;
import static dev.mayfly.fleet.runner.RunnerState.TEARING_DOWN;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * The one table of a runner's states.
 *
 * <p>A life goes forward; from each state but the last it can fail, and a failure can only be torn down. A destruction
 * that fails is an error again, which is torn down again. Nothing leads out of {@link RunnerState#GONE}.
 */
public final class Steps {
    private static final Map<RunnerState, Set<RunnerState>> LATER = later();

    private Steps() {}

    /** What may come directly after a state. */
    public static Set<RunnerState> after(RunnerState state) {
        return switch (state) {
            case CREATING -> Set.of(BOOTING, TEARING_DOWN, ERROR);
            case BOOTING -> Set.of(SSH_READY, TEARING_DOWN, ERROR);
            case SSH_READY -> Set.of(RUNNING, TEARING_DOWN, ERROR);
            case RUNNING -> Set.of(TEARING_DOWN, ERROR);
            case ERROR -> Set.of(TEARING_DOWN);
            case TEARING_DOWN -> Set.of(GONE, ERROR);
            case GONE -> Set.of();
        };
    }

    public static boolean allowed(RunnerState from, RunnerState to) {
        return after(from).contains(to);
    }

    /**
     * Whether whoever saw {@code from} may see {@code to} later: an observer misses steps. The same state again is
     * nothing new.
     */
    public static boolean leads(RunnerState from, RunnerState to) {
        return LATER.getOrDefault(from, Set.of()).contains(to);
    }

    private static Map<RunnerState, Set<RunnerState>> later() {
        Map<RunnerState, Set<RunnerState>> all = new EnumMap<>(RunnerState.class);
        for (RunnerState from : RunnerState.values()) {
            all.put(from, reachable(from));
        }
        return Map.copyOf(all);
    }

    private static Set<RunnerState> reachable(RunnerState from) {
        Set<RunnerState> seen = EnumSet.noneOf(RunnerState.class);
        Set<RunnerState> open = EnumSet.copyOf(Set.of(from));
        while (!open.isEmpty()) {
            RunnerState state = open.iterator().next();
            open.remove(state);
            for (RunnerState next : after(state)) {
                if (seen.add(next)) {
                    open.add(next);
                }
            }
        }
        return Set.copyOf(seen);
    }

    /** Where a runner goes whose time in a state is over. */
    public static RunnerState whenOverdue(RunnerState state) {
        return switch (state) {
            case CREATING, BOOTING, SSH_READY, RUNNING, TEARING_DOWN -> ERROR;
            case ERROR -> TEARING_DOWN;
            case GONE -> GONE;
        };
    }
}
