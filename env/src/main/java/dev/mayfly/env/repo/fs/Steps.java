package dev.mayfly.env.repo.fs;

/**
 * Told before each step that changes what is on disk. In tests it ends the work there, as a crash would, or lets others go
 * first.
 */
@FunctionalInterface
public interface Steps {
    Steps NONE = _ -> {};

    /** @param step which one, for people */
    void before(String step);
}
