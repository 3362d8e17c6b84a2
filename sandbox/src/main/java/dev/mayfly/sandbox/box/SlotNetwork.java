package dev.mayfly.sandbox.box;

/**
 * The way out of one slot's network namespace, and the witness of what its jobs tried. Used by one thread at a time:
 * {@code arm}, the run, {@code disarm}, and so on; {@code close} may come from any thread at any time, is idempotent
 * and ends every connection.
 */
public interface SlotNetwork extends AutoCloseable {
    /**
     * Opens what the grant permits, before the job starts. A grant that denies all is the usual case and must cost
     * next to nothing; denied attempts are still counted.
     */
    void arm(NetGrant grant);

    /** Closes everything the job had open and says what it tried since {@link #arm}; called after its last process died. */
    NetEvidence disarm();

    @Override
    void close();
}
