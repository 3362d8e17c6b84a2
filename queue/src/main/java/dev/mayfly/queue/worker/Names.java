package dev.mayfly.queue.worker;

import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.wire.OldId;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Under which names somebody may wait for the answer to a message.
 *
 * @param promised the id that our client gave the message when it sent it; another one than the job's when client and
 *     worker have different policies. Whoever may publish is trusted not to lie about it
 * @param old how a client of the replaced system calls it, which sends ids of its own kind or none
 */
record Names(Optional<JobId> promised, Set<JobId> old) {
    static Names of(Message message) {
        int dot = message.id().indexOf('.');
        String head = dot < 0 ? message.id() : message.id().substring(0, dot);
        return JobId.fits(head)
                ? new Names(Optional.of(new JobId(head)), Set.of())
                : new Names(Optional.empty(), Set.of(OldId.of(message.body())));
    }

    /** The ids whose rows handling this message may change. */
    Set<JobId> ids(JobId job) {
        Set<JobId> ids = new LinkedHashSet<>();
        ids.add(job);
        promised.ifPresent(ids::add);
        return ids;
    }

    /** The promised id, when the job turned out to have another one. */
    Optional<JobId> broken(JobId job) {
        return promised.filter(id -> !id.equals(job));
    }
}
