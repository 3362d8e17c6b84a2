package dev.mayfly.fleet.server;

import dev.mayfly.fleet.api.Address;
import dev.mayfly.fleet.api.RunnerId;
import java.util.Optional;

/** What becomes of a wish. */
public sealed interface AddAnswer {
    /**
     * It takes SSH, and its script is about to start or has.
     *
     * @param times of its start, when this answer is the one that let it start
     */
    record Ready(RunnerId id, Address address, Optional<StartTimes> times) implements AddAnswer {}

    /** No host can take it now. It was not kept in mind: ask again. */
    record NoRoom(String why) implements AddAnswer {}

    /** The name belongs to a runner with another wish. */
    record NameTaken(RunnerId id) implements AddAnswer {}

    /** It was tried and came to nothing; its script has not started and never will. */
    record Failed(RunnerId id, String why) implements AddAnswer {}

    /** The one of this name is on its way out. Ask again later. */
    record Leaving(RunnerId id) implements AddAnswer {}

    /** The caller's patience is over. It may still become ready: who asks again gets the same one. */
    record NotYet(RunnerId id) implements AddAnswer {}
}
