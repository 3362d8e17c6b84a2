package dev.mayfly.base.local;

/** What a running call may tell its caller, and learn about it. Safe for use from several threads. */
public interface CallContext {
    /** Sends one line of progress to the caller. It may be shown to a person; it is never part of the result. */
    void progress(String line);

    /** True once the caller has gone away. The thread that runs the call is interrupted as well. */
    boolean cancelled();

    /** A caller that shows no progress and never goes away before its thread is interrupted. */
    static CallContext quiet() {
        return QuietContext.INSTANCE;
    }
}
