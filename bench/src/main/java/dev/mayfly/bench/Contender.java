package dev.mayfly.bench;

/**
 * One way to do a thing, measured beside the others.
 *
 * @param id stable, for scripts that read the JSON
 * @param name for readers
 * @param work done once; throws when it did not succeed, because the time of a failure says nothing
 */
record Contender(String id, String name, Work work) {
    @FunctionalInterface
    interface Work {
        void once() throws InterruptedException;
    }
}
