package dev.mayfly.queue.nats;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.port.JobLedger;
import dev.mayfly.queue.wire.EntryJson;
import io.nats.client.PublishOptions;
import io.nats.client.api.StreamState;
import io.nats.client.impl.Headers;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The ledger as the key-value bucket {@code RUN_LEDGER}: the key is the id, the revision is the version. Written with the
 * expected revision by the rules of such buckets (NATS ADR-8), so that other tools can read it.
 *
 * <p>Reads may come from a replica that is behind; then compare and set refuses what was made from them.
 */
final class NatsLedger implements JobLedger {
    private final NatsLink link;
    private final Bodies bodies;
    private final IdSource ids;
    private final StreamReader entries;
    private final Beats beats;
    private final RequestGarbage requests;
    private volatile boolean closed;

    NatsLedger(NatsLink link, Bodies bodies, IdSource ids, InstantSource clock, String requestStream) {
        this.link = link;
        this.bodies = bodies;
        this.ids = ids;
        this.entries = new StreamReader(link, Names.bucketStream(Names.LEDGER));
        this.beats = new Beats(link);
        this.requests = new RequestGarbage(new StreamReader(link, requestStream), bodies, clock);
    }

    @Override
    public Optional<JobEntry> find(JobId id) {
        requireOpen();
        return entries.last(subject(id)).flatMap(this::entry);
    }

    @Override
    public Optional<JobEntry> store(JobEntry entry) {
        requireOpen();
        String token = ids.next();
        Headers headers = new Headers();
        headers.put("Nats-Msg-Id", token);
        headers.put(Names.TOKEN, token);
        headers.put(Names.STATE, entry.state().word());
        headers.put(Names.CHANGED, Long.toString(entry.changedAt().toEpochMilli()));
        entry.owner().ifPresent(owner -> headers.put(Names.OWNER, Beats.key(owner.id())));
        byte[] body = bodies.pack(Bodies.Kind.ENTRY, entry.id().value() + "." + token, headers, EntryJson.bytes(entry));
        try {
            return Optional.of(entry.stored(write(entry, headers, body)));
        } catch (MayflyException e) {
            return whatBecameOf(entry, token, headers, body, e);
        }
    }

    private long write(JobEntry entry, Headers headers, byte[] body) {
        PublishOptions expected = PublishOptions.builder()
                .expectedLastSubjectSequence(entry.version())
                .build();
        return link.publish("cannot store " + entry.id(), subject(entry.id()), headers, body, expected)
                .getSeqno();
    }

    /** Looks whether an entry came in whose answer did not come back, so that as little as can be is left open. */
    private Optional<JobEntry> whatBecameOf(
            JobEntry entry, String token, Headers headers, byte[] body, MayflyException failure) {
        boolean conflict = NatsFailures.isConflict(failure);
        if (!conflict
                && (failure.code() != ErrorCode.QUEUE_UNREACHABLE
                        || Thread.currentThread().isInterrupted())) {
            throw failure;
        }
        Optional<Stored> now = entries.last(subject(entry.id()));
        if (now.isPresent() && now.get().header(Names.TOKEN).equals(Optional.of(token))) {
            return Optional.of(entry.stored(now.get().sequence()));
        }
        if (conflict || now.map(Stored::sequence).orElse(0L) != entry.version()) {
            bodies.drop(headers);
            return Optional.empty();
        }
        try {
            // With the same message id: should the first one still come in, only one of both does.
            return Optional.of(entry.stored(write(entry, headers, body)));
        } catch (MayflyException again) {
            if (NatsFailures.isConflict(again)) {
                return whatBecameOf(entry, token, headers, body, again);
            }
            throw again;
        }
    }

    /** Reads headers of a window of the bucket's newest entries, then the entries that are wanted. */
    @Override
    public List<JobEntry> newest(int most, Optional<JobState> state) {
        requireOpen();
        StreamState all = entries.state();
        Optional<String> wanted = state.map(JobState::word);
        List<Long> found = new Backwards(all.getFirstSequence(), all.getLastSequence())
                .newest(
                        most,
                        (from, to) -> entries.scan(
                                from,
                                to,
                                each -> wanted.isEmpty()
                                                || each.header(Names.STATE).equals(wanted)
                                        ? Optional.of(each.sequence())
                                        : Optional.empty()));
        return found.stream()
                .map(entries::at)
                .flatMap(Optional::stream)
                .map(this::entry)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Reads the headers of all entries: subjects have wildcards for whole tokens only, and an id is one. */
    @Override
    public List<JobEntry> startingWith(String prefix, int most) {
        requireOpen();
        if (JobId.fits(prefix)) {
            return find(new JobId(prefix)).stream().limit(most).toList();
        }
        String start = Names.bucketSubject(Names.LEDGER, prefix);
        return entries
                .scan(
                        1,
                        Long.MAX_VALUE,
                        each -> each.subject().startsWith(start) ? Optional.of(each) : Optional.empty())
                .stream()
                .sorted(Comparator.comparing(Stored::subject))
                .limit(most)
                .map(each -> entries.last(each.subject()))
                .flatMap(Optional::stream)
                .map(this::entry)
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public void beat(Epoch epoch, long number) {
        requireOpen();
        beats.beat(epoch, number);
    }

    @Override
    public OptionalLong lastBeat(Epoch epoch) {
        requireOpen();
        return beats.last(epoch);
    }

    @Override
    public OptionalInt workersSince(Instant time) {
        requireOpen();
        return OptionalInt.of(beats.since(time));
    }

    @Override
    public boolean isNoWorkerSince(Instant time) {
        requireOpen();
        return !beats.anySince(time);
    }

    /** An entry goes by its number, so that one which changed meanwhile stays. */
    @Override
    public int forgetBefore(Instant time) {
        requireOpen();
        Set<String> owners = new HashSet<>();
        Set<String> named = new HashSet<>();
        List<Stored> old = entries.scan(1, Long.MAX_VALUE, each -> {
            each.header(Names.OWNER).ifPresent(owners::add);
            boolean over = isFinal(each) && changedBefore(each, time);
            if (!over) {
                each.header(Names.OBJECT).ifPresent(named::add);
            }
            return over ? Optional.of(each) : Optional.empty();
        });
        List<String> objects = bodies.madeBefore(Bodies.Kind.ENTRY, time);
        for (Stored each : old) {
            entries.delete(each);
            bodies.drop(each.headers());
        }
        objects.removeAll(named);
        bodies.sweep(objects);
        beats.forget(time, owners);
        requests.sweep(time);
        return old.size();
    }

    private static boolean isFinal(Stored entry) {
        return entry.header(Names.STATE)
                .map(word -> JobState.of(word).isFinal())
                .orElse(false);
    }

    private static boolean changedBefore(Stored entry, Instant time) {
        return entry.header(Names.CHANGED)
                .map(text -> Long.parseLong(text) < time.toEpochMilli())
                .orElse(false);
    }

    private Optional<JobEntry> entry(Stored stored) {
        if (stored.header(Names.STATE).isEmpty()) {
            // A marker that some tool left when it deleted the key.
            return Optional.empty();
        }
        return Optional.of(EntryJson.read(bodies.unpack(stored.headers(), stored.body()), stored.sequence()));
    }

    private static String subject(JobId id) {
        return Names.bucketSubject(Names.LEDGER, id.value());
    }

    private void requireOpen() {
        if (closed) {
            throw NatsFailures.unreachable("cannot use the ledger of the queue", "it was closed", null);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
