package dev.mayfly.fleet.github;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.api.Label;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.github.JobBook.Decision;
import dev.mayfly.fleet.github.JobBook.Entry;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Carries out what the book decides. One thread for each runner that is wanted, which asks until it is there, and destroys it
 * when it is not wanted any more. What an event has changed is on the disk before the event is answered, so GitHub need not
 * send it again; an event that comes again changes nothing. Safe for concurrent use.
 */
public final class Scaler implements AutoCloseable {
    /** Runner and machine are asked for again after so long, and then after twice as long. */
    private static final Duration SOONEST = Duration.ofSeconds(1);

    private static final Duration LATEST = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(10);

    /** A label such as {@code size-medium} says how large, and is no label of a host. */
    private static final String SIZE = "size-";

    private final JobBook book;
    private final JobFile file;
    private final Registry registry;
    private final Runners runners;
    private final RunnerScript script;
    private final ResourceType usual;
    private final boolean ofOrganisation;
    private final Log log;
    private final Map<String, Thread> threads = new HashMap<>();

    private boolean open = true;

    /**
     * @param usual the size of a job that names none
     * @param ofOrganisation whether runners are registered with the owner of a repository instead of with it
     */
    public Scaler(
            JobBook book,
            JobFile file,
            Registry registry,
            Runners runners,
            RunnerScript script,
            ResourceType usual,
            boolean ofOrganisation,
            Log parentLog) {
        this.book = Objects.requireNonNull(book, "book");
        this.file = Objects.requireNonNull(file, "file");
        this.registry = Objects.requireNonNull(registry, "registry");
        this.runners = Objects.requireNonNull(runners, "runners");
        this.script = Objects.requireNonNull(script, "script");
        this.usual = Objects.requireNonNull(usual, "usual");
        this.ofOrganisation = ofOrganisation;
        this.log = parentLog.named("github");
    }

    /** Goes on with what an earlier one has left. */
    public synchronized void start() {
        file.load(book);
        book.entries().stream().filter(Entry::wanted).forEach(entry -> begin(entry, true));
        book.ending().forEach(entry -> begin(entry, true));
    }

    /**
     * @return what became of it, for people
     * @throws MayflyException {@code STATE_UNAVAILABLE}: it was done, and is forgotten if this process ends before the next
     *     event
     */
    public synchronized String take(JobEvent event) {
        Decision decision = book.take(event);
        log.info()
                .with("job", event.job())
                .with("repository", event.repository())
                .log(decision.said());
        decision.end()
                .forEach(entry ->
                        Optional.ofNullable(threads.get(entry.runner())).ifPresent(Thread::interrupt));
        decision.start().forEach(entry -> begin(entry, false));
        file.save(book);
        return decision.said();
    }

    public synchronized List<Entry> entries() {
        return book.entries();
    }

    private void begin(Entry entry, boolean again) {
        if (!open) {
            return;
        }
        Thread thread = Thread.ofVirtual().name(entry.runner()).unstarted(() -> keep(entry, again));
        threads.put(entry.runner(), thread);
        thread.start();
    }

    /** What the book says of it now; empty when it is not wanted any more. */
    private synchronized Optional<Entry> wanted(Entry entry) {
        return book.entries().stream()
                .filter(each -> each.runner().equals(entry.runner()))
                .findFirst();
    }

    private synchronized boolean open() {
        return open;
    }

    /** Which size a job asks for, and what of its labels is a host's business. */
    record Asked(ResourceType type, Set<Label> labels) {
        static Asked of(Set<Label> labels, ResourceType usual) {
            Set<Label> left = new HashSet<>();
            ResourceType type = usual;
            for (Label each : labels) {
                Optional<ResourceType> size = each.value().startsWith(SIZE)
                        ? ResourceType.parse(each.value().substring(SIZE.length()))
                        : Optional.empty();
                if (size.isPresent()) {
                    type = size.get();
                } else {
                    left.add(each);
                }
            }
            return new Asked(type, left);
        }
    }

    // --- one runner --------------------------------------------------------------------------------------------------

    private void keep(Entry entry, boolean again) {
        try {
            boolean there = again && works(entry);
            for (Optional<Entry> now = wanted(entry); now.isPresent(); now = wanted(entry)) {
                // One that has a job is not made anew: its machine may be gone a moment before GitHub says so.
                if (!there && now.get().busy() == 0) {
                    have(entry);
                }
                Thread.sleep(LATEST);
                there = works(entry);
            }
        } catch (InterruptedException e) {
            log.debug().with("runner", entry.runner()).log("nobody waits for this runner any more");
        }
        Thread.interrupted(); // whether it is over is asked, and not remembered
        if (open() && wanted(entry).isEmpty()) {
            end(entry);
        }
    }

    private boolean works(Entry entry) throws InterruptedException {
        return asking(entry, () -> runners.works(entry.runner()));
    }

    private void have(Entry entry) throws InterruptedException {
        Asked asked = Asked.of(entry.labels(), usual);
        String config = asking(entry, () -> registry.register(place(entry), entry.runner(), entry.labels()));
        asking(entry, () -> {
            runners.add(entry.runner(), script.with(config), asked.type(), asked.labels());
            return entry;
        });
        log.info().with("runner", entry.runner()).log("the runner is there");
    }

    private String place(Entry entry) {
        return ofOrganisation ? entry.owner() : entry.repository();
    }

    private interface Asking<T> {
        T ask() throws InterruptedException;
    }

    /** Until there is an answer, or nobody wants one any more. */
    private <T> T asking(Entry entry, Asking<T> asking) throws InterruptedException {
        for (Duration pause = SOONEST; true; pause = longer(pause)) {
            try {
                return asking.ask();
            } catch (MayflyException e) {
                log.warn().with("runner", entry.runner()).cause(e).log("asked again in " + pause.toSeconds() + " s");
            }
            Thread.sleep(pause);
        }
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LATEST) < 0 ? twice : LATEST;
    }

    private void end(Entry entry) {
        try {
            asking(entry, () -> {
                runners.remove(entry.runner());
                // One that has worked has gone from GitHub by itself; one that has not would stand there as offline.
                registry.remove(place(entry), entry.runner());
                return entry;
            });
            synchronized (this) {
                book.ended(entry);
                threads.remove(entry.runner());
                file.save(book);
            }
            log.info().with("runner", entry.runner()).log("the runner is gone");
        } catch (InterruptedException e) {
            log.debug().with("runner", entry.runner()).log("the next start goes on with it");
        } catch (MayflyException e) {
            log.warn().with("runner", entry.runner()).cause(e).log("it is gone, and will be ended again after a start");
        }
    }

    /** Runners live on; the next one goes on with them. */
    @Override
    public void close() {
        List<Thread> all;
        synchronized (this) {
            open = false;
            all = List.copyOf(threads.values());
        }
        all.forEach(Thread::interrupt);
        try {
            for (Thread each : all) {
                each.join(END);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
