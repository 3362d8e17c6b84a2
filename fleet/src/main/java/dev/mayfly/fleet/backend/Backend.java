package dev.mayfly.fleet.backend;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.guest.GuestStatus;
import dev.mayfly.fleet.protocol.Attempt;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /**
     * Does once what all machines of this size have in common, so that each of them is there sooner. Nothing to do when it
     * was done, or when there is nothing to win.
     */
    default void warm(ResourceType type, Duration patience) throws InterruptedException {}

    // --- machines that stand ready, each for the first who wants one ------------------------------------------------
    // A back end that only hands on to another one hands these on too, or nothing ever stands ready.

    /** How many stand ready, by size. */
    default Map<ResourceType, Integer> standing() {
        return Map.of();
    }

    /** Makes one more stand ready, and waits until somebody has logged in. Nothing is left when it fails. */
    default void prepare(ResourceType type, Duration patience) throws InterruptedException {
        throw new MayflyException(
                ErrorCode.MACHINE_FAILED,
                "no machine can be made to stand ready",
                "this back end makes machines only for somebody",
                "let the agent keep none ready");
    }

    /**
     * Hands one over, which becomes what the plan says: {@link #awaitReady} need not be called. Fails when there is
     * anything of the attempt already.
     *
     * @return where it answers; empty when none of this size stands ready
     */
    default Optional<Address> take(Plan plan) {
        return Optional.empty();
    }

    /** Ends all that stand ready. */
    default void dismiss() {}

    /**
     * Ends what an agent that died has left and nobody can want any more: machines that stood ready, processes without
     * bundle, machines that were being saved. Once, when an agent starts.
     *
     * @return what it was, for people
     */
    default List<String> sweep() {
        return List.of();
    }

    /** Why this host has no room for one more of this size, with the figures; empty when it has. */
    default Optional<String> refusal(ResourceType type) {
        return Optional.empty();
    }

    /** What machines are cloned from; empty when they are cloned from nothing. */
    default Optional<TemplateName> template() {
        return Optional.empty();
    }

    /** How the machine came to be ready, as far as this process has seen it. */
    default Optional<StartTimes> times(Attempt attempt) {
        return Optional.empty();
    }

    // --- using -----------------------------------------------------------------------------------------------------

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

    /** Runs a command beside the script, when somebody has logged in before. */
    default Ran run(Attempt attempt, String command, String input, Duration patience) throws InterruptedException {
        throw cannot(attempt, "its back end runs no commands beside the script");
    }

    /** What the guest says of itself: whether its script runs, and what GitHub's runner does when there is one. */
    default GuestStatus guest(Attempt attempt) throws InterruptedException {
        throw cannot(attempt, "its back end does not speak with guests");
    }

    /** How somebody on this host logs in. */
    default Login login(Attempt attempt) {
        throw cannot(attempt, "its back end lets nobody in");
    }

    private static MayflyException cannot(Attempt attempt, String why) {
        return new MayflyException(
                ErrorCode.MACHINE_FAILED,
                "the machine of " + attempt + " cannot do that",
                why,
                "use an agent with another back end");
    }

    /** Ends the machine and leaves nothing of it. Done already is done. */
    void destroy(Attempt attempt);

    @Override
    void close();
}
