package dev.mayfly.queue.worker;

import dev.mayfly.queue.api.JobId;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The jobs that slots of this worker have in hands, each in one slot only. The ledger keeps workers apart, and this the
 * slots of one worker, whose claims of one job would look the same to the ledger. Whoever has a place knows that nothing
 * else in this worker touches the job: a row that says that we run it is then left over from an attempt of ours that
 * could not say how it ended. Safe for concurrent use; as large as there are slots.
 */
final class Desk {
    private final Set<JobId> taken = new HashSet<>();

    /** A place for all of these, or none. */
    synchronized Optional<Place> take(Set<JobId> jobs) {
        if (jobs.stream().anyMatch(taken::contains)) {
            return Optional.empty();
        }
        taken.addAll(jobs);
        return Optional.of(new Place(jobs));
    }

    private synchronized void leave(Set<JobId> jobs) {
        taken.removeAll(jobs);
    }

    final class Place implements AutoCloseable {
        private final Set<JobId> jobs;

        private Place(Set<JobId> jobs) {
            this.jobs = Set.copyOf(jobs);
        }

        @Override
        public void close() {
            leave(jobs);
        }
    }
}
