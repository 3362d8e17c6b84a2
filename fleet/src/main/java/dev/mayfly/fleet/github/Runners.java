package dev.mayfly.fleet.github;

import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.api.ResourceType;
import java.util.Set;

/** The fleet, as this package needs it. */
public interface Runners {
    /**
     * Waits until it is ready; the same name with the same wish is the same runner.
     *
     * @throws dev.mayfly.base.error.MayflyException as the fleet says it
     */
    void add(String name, String script, ResourceType type, Set<Label> labels) throws InterruptedException;

    /** Waits until nothing is left of it. Done already is done. */
    void remove(String name) throws InterruptedException;

    /** Whether one of this name works. */
    boolean works(String name) throws InterruptedException;
}
