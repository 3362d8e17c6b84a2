package dev.mayfly.fleet.backend;

import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.protocol.Attempt;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Makes and destroys machines on this host. Safe for concurrent use; calls block their thread, which should be a virtual
 * one. Calls about one attempt come one after the other, but for {@link #destroy}, which may come at any time and makes
 * the others fail.
 *
 * <p>Failures are {@code MayflyException}s with the code {@code MACHINE_FAILED}. Closing ends no machine.
 */
public interface Backend extends AutoCloseable {
    /** Everything there is on this host of any attempt: machines, and what is left of some. */
    Set<Attempt> survey();

    /** Clones the template and starts the machine. Fails when there is anything of the attempt already. */
    void make(Plan plan);

    /** Waits until somebody has logged in, and fails when the machine dies or patience is over. */
    Address awaitReady(Attempt attempt, Duration patience) throws InterruptedException;

    /** Starts the script. Fails when one was started before, so that a script cannot run twice. */
    void begin(Attempt attempt, String script);

    /**
     * Waits for the script's end, and fails when the machine dies.
     *
     * @return the exit code; empty when patience is over
     */
    OptionalInt awaitEnd(Attempt attempt, Duration patience) throws InterruptedException;

    /** The last of what the script has written, at most 64 KiB. */
    String output(Attempt attempt);

    /** Ends the machine and leaves nothing of it. Done already is done. */
    void destroy(Attempt attempt);

    @Override
    void close();
}
