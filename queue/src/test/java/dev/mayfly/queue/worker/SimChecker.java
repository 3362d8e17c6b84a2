package dev.mayfly.queue.worker;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Holds what must be true at every moment of a simulated run. */
final class SimChecker {
    /** One run in its box. The box ends with its process, and by itself when the longest time is over. */
    final class Execution {
        private final Attempt attempt;
        private final SimTasks.Process process;
        private final long latestEnd;
        private boolean ended;

        Execution(Attempt attempt, SimTasks.Process process, long latestEnd) {
            this.attempt = attempt;
            this.process = process;
            this.latestEnd = latestEnd;
        }

        boolean isOver() {
            return ended || process.dead() || ticker.nanos() >= latestEnd;
        }

        void end() {
            ended = true;
        }
    }

    private final Ticker ticker;
    private final Map<JobId, List<Execution>> executions = new HashMap<>();
    private final Map<JobId, Set<Answer>> answers = new HashMap<>();
    private final Map<JobId, JobEntry> rows = new HashMap<>();
    private final Set<String> effects = new HashSet<>();

    SimChecker(Ticker ticker) {
        this.ticker = ticker;
    }

    long now() {
        return ticker.nanos();
    }

    Execution begins(Attempt attempt, SimTasks.Process process, long latestEnd) {
        List<Execution> ofJob = executions.computeIfAbsent(attempt.job(), _ -> new ArrayList<>());
        for (Execution other : ofJob) {
            require(other.isOver(), "%s begins while %s runs", attempt, other.attempt);
        }
        Optional<JobEntry> row = Optional.ofNullable(rows.get(attempt.job()));
        if (row.isPresent() && !row.get().repeatable()) {
            require(
                    effects.add(attempt.job() + " in round " + row.get().round()),
                    "%s has effects and runs a second time",
                    attempt);
        }
        Execution execution = new Execution(attempt, process, latestEnd);
        ofJob.add(execution);
        return execution;
    }

    /** Called for each change of the ledger. */
    void changed(Optional<JobEntry> before, JobEntry after) {
        if (before.isPresent()) {
            JobEntry old = before.get();
            require(!old.state().isFinal() || after.round() == old.round() + 1, "%s was final: %s", old, after);
            require(old.state() != JobState.DONE, "%s was done: %s", old, after);
            boolean claims =
                    after.owner().isPresent() && !(old.owner().equals(after.owner()) && old.fence() == after.fence());
            require(after.fence() == old.fence() + (claims ? 1 : 0), "fence of %s after %s", after, old);
        }
        after.answer()
                .ifPresent(answer -> answers.computeIfAbsent(after.id(), _ -> new HashSet<>())
                        .add(answer));
        rows.put(after.id(), after);
    }

    /** Called for each word that is told. Names of old clients have no row; what they hear is the job's answer too. */
    void told(JobId name, Answer answer) {
        if (rows.containsKey(name)) {
            require(answers.getOrDefault(name, Set.of()).contains(answer), "%s was told %s", name, answer);
        }
    }

    private static void require(boolean holds, String what, Object... arguments) {
        if (!holds) {
            throw new AssertionError(what.formatted(arguments));
        }
    }
}
