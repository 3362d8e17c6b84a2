package dev.mayfly.queue.port;

import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobId;
import java.time.Duration;

/** Tells those who wait. The ledger is the truth; a lost word costs only time. Safe for concurrent use. */
public interface Answers extends AutoCloseable {
    /** Hands an answer to whoever listens, under this name; as often as anybody likes. */
    void announce(JobId name, Answer answer);

    /**
     * The same for one who may begin to listen too late, as clients of the replaced system do: where the engine can, it
     * says it again until they confirm. Returns at once.
     */
    default void insist(JobId name, Answer answer) {
        announce(name, answer);
    }

    /** Begins to listen. Begun before a job is published, it misses nothing. */
    Listener listen(JobId name);

    /** One who waits. */
    interface Listener extends AutoCloseable {
        /** Returns after this time, or earlier when there may be news. */
        void await(Duration most) throws InterruptedException;

        @Override
        void close();
    }

    @Override
    void close();
}
