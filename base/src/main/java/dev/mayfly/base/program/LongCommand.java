package dev.mayfly.base.program;

import java.util.List;

/** A command that runs in its own process until it is done or told to stop, for example {@code up} or {@code bench}. */
public interface LongCommand {
    /** The word on the command line. */
    String name();

    /**
     * Runs to the end.
     *
     * @return the exit code
     * @throws InterruptedException when told to stop before anything could be finished in order
     */
    int run(Surroundings surroundings, List<String> arguments, Voice voice) throws InterruptedException;
}
