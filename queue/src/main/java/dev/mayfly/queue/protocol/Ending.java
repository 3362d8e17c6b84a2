package dev.mayfly.queue.protocol;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.Answer;

/** How one attempt ended, as its owner knows it. */
public sealed interface Ending {
    /** It has its answer. */
    record Answered(Answer answer) implements Ending {}

    /**
     * It has none.
     *
     * @param begun false when it is certain that nothing of the job ran
     */
    record Failed(MayflyException failure, boolean begun) implements Ending {}

    /** Cancelled, taken over, or told to stop. */
    record Interrupted(boolean begun) implements Ending {}
}
