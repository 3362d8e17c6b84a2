package dev.mayfly.fleet.github;

import dev.mayfly.fleet.api.Label;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Which runner is there for which job. Decides only; used by one thread at a time.
 *
 * <p>GitHub gives a job to any runner that has its labels, and not to the one that was made for it. So a runner ends with the
 * job that it has worked on, and the one that was made for that job is from then on there for the other's. Jobs that are not
 * over and runners stay one to one, whatever GitHub does.
 */
public final class JobBook {
    /** So many jobs that are over are known: GitHub sends events again for some days, seldom many. */
    private static final int MOST_OVER = 5_000;

    /**
     * @param runner what it is called
     * @param wanted whether there is one, or shall be; else its owner has as many as it may
     * @param busy the job that it works on; 0 when none
     */
    public record Entry(long job, String repository, Set<Label> labels, String runner, boolean wanted, long busy) {
        public Entry {
            Objects.requireNonNull(repository, "repository");
            Objects.requireNonNull(runner, "runner");
            labels = Set.copyOf(labels);
        }

        String owner() {
            return repository.substring(0, repository.indexOf('/'));
        }

        Entry want() {
            return new Entry(job, repository, labels, runner, true, busy);
        }

        Entry takes(long other) {
            return new Entry(job, repository, labels, runner, wanted, other);
        }

        Entry forJob(long other) {
            return new Entry(other, repository, labels, runner, wanted, busy);
        }
    }

    /**
     * @param said for people: what became of the event
     * @param start runners that are wanted from now on
     * @param end runners that are not wanted any more
     */
    public record Decision(String said, List<Entry> start, List<Entry> end) {
        public Decision {
            start = List.copyOf(start);
            end = List.copyOf(end);
        }

        static Decision nothing(String said) {
            return new Decision(said, List.of(), List.of());
        }
    }

    private final Quotas quotas;
    private final Set<Label> required;
    private final Map<Long, Entry> entries = new LinkedHashMap<>();
    /** Not wanted any more, and not gone yet, by name. */
    private final Map<String, Entry> ending = new LinkedHashMap<>();

    private final Map<Long, Boolean> over = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Boolean> eldest) {
            return size() > MOST_OVER;
        }
    };

    /** @param required labels that a job must have to be this fleet's business */
    public JobBook(Quotas quotas, Set<Label> required) {
        this.quotas = Objects.requireNonNull(quotas, "quotas");
        this.required = Set.copyOf(required);
    }

    /** What an earlier one knew. */
    public void restore(List<Entry> known, List<Entry> leaving, List<Long> finished) {
        known.forEach(each -> entries.put(each.job(), each));
        leaving.forEach(each -> ending.put(each.runner(), each));
        finished.forEach(each -> over.put(each, true));
    }

    public List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    public List<Entry> ending() {
        return List.copyOf(ending.values());
    }

    /** Nothing is left of it. */
    public void ended(Entry entry) {
        ending.remove(entry.runner());
    }

    public List<Long> over() {
        return List.copyOf(over.keySet());
    }

    public Decision take(JobEvent event) {
        return switch (event.action()) {
            case QUEUED -> queued(event);
            case IN_PROGRESS -> inProgress(event);
            case COMPLETED -> completed(event);
            case OTHER -> Decision.nothing("ignored: nothing is to be done");
        };
    }

    private Decision queued(JobEvent event) {
        if (!event.labels().containsAll(required)) {
            return Decision.nothing("ignored: the job does not ask for " + required);
        }
        if (entries.containsKey(event.job()) || over.containsKey(event.job())) {
            return Decision.nothing("known: job " + event.job());
        }
        Entry entry = new Entry(event.job(), event.repository(), event.labels(), "gh-" + event.job(), false, 0);
        entries.put(entry.job(), entry);
        Optional<String> refusal = quotas.refusal(entry.owner(), had(entry.owner()));
        if (refusal.isPresent()) {
            return Decision.nothing("waiting: " + refusal.get());
        }
        Entry wanted = entry.want();
        entries.put(entry.job(), wanted);
        return new Decision("wanted: " + wanted.runner(), List.of(wanted), List.of());
    }

    private long had(String owner) {
        return entries.values().stream()
                .filter(each -> each.wanted() && each.owner().equalsIgnoreCase(owner))
                .count();
    }

    private Optional<Entry> called(String runner) {
        return entries.values().stream()
                .filter(each -> each.runner().equals(runner))
                .findFirst();
    }

    private Decision inProgress(JobEvent event) {
        Optional<Entry> at = called(event.runner());
        at.ifPresent(entry -> entries.put(entry.job(), entry.takes(event.job())));
        return Decision.nothing(at.isPresent() ? "working: " + event.runner() : "ignored: the runner is not ours");
    }

    private Decision completed(JobEvent event) {
        boolean first = over.put(event.job(), true) == null;
        Entry mine = entries.get(event.job());
        Optional<Entry> ended = called(event.runner());
        if (ended.isEmpty() && mine != null) {
            // It was cancelled before anybody took it, or others took it: the one that waits for it has nothing to do.
            ended = idle(mine);
            if (ended.isEmpty()) {
                entries.remove(mine.job());
                entries.put(mine.busy(), mine.forJob(mine.busy()));
                return Decision.nothing("over: " + mine.runner() + " works for job " + mine.busy());
            }
        }
        if (ended.isEmpty()) {
            return Decision.nothing(first ? "ignored: the job had no runner of ours" : "known: job " + event.job());
        }
        Entry victim = ended.get();
        entries.remove(victim.job());
        if (mine != null && mine.job() != victim.job()) {
            entries.remove(mine.job());
            entries.put(victim.job(), mine.forJob(victim.job()));
        }
        List<Entry> start = admitted();
        if (victim.wanted()) {
            ending.put(victim.runner(), victim);
        }
        // One that was never wanted is only forgotten.
        return new Decision("over: " + victim.runner(), start, victim.wanted() ? List.of(victim) : List.of());
    }

    /** This one; or, when it works for another job, the one that was made for that; and so on. */
    private Optional<Entry> idle(Entry entry) {
        Entry at = entry;
        for (int i = 0; i <= entries.size(); i++) {
            if (at.busy() == 0) {
                return Optional.of(at);
            }
            Entry next = entries.get(at.busy());
            if (next == null || next.job() == at.job()) {
                return Optional.empty();
            }
            at = next;
        }
        return Optional.empty();
    }

    /** Those that may begin now, the oldest first. */
    private List<Entry> admitted() {
        List<Entry> start = new ArrayList<>();
        for (Entry each : List.copyOf(entries.values())) {
            if (!each.wanted()
                    && quotas.refusal(each.owner(), had(each.owner())).isEmpty()) {
                Entry wanted = each.want();
                entries.put(each.job(), wanted);
                start.add(wanted);
            }
        }
        return start;
    }
}
