package dev.mayfly.queue.contract;

/** One state of an engine, with nothing in it at first. */
@FunctionalInterface
public interface EngineHome {
    /** Opens the state, also while it is open elsewhere: what two calls return shares nothing in memory. */
    Engine open() throws Exception;

    /** The largest body that a message may have, in bytes. */
    default int largestBody() {
        return 16 << 20;
    }
}
