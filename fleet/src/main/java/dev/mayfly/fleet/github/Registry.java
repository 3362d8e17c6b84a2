package dev.mayfly.fleet.github;

import dev.mayfly.fleet.api.Label;
import java.util.Set;

/** Where runners of one repository or organisation are registered. */
public interface Registry {
    /**
     * Registers a runner for one job. One of this name that is left from an earlier try is replaced.
     *
     * @param place {@code owner/name} of a repository, or the name of an organisation
     * @return what the runner starts with ({@code encoded_jit_config}): whoever has it is this runner
     * @throws dev.mayfly.base.error.MayflyException {@code GITHUB_UNREACHABLE}, {@code GITHUB_REFUSED}
     */
    String register(String place, String name, Set<Label> labels) throws InterruptedException;

    /** Done already is done: one that has worked has gone by itself. */
    void remove(String place, String name) throws InterruptedException;
}
