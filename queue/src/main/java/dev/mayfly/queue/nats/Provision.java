package dev.mayfly.queue.nats;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.KeyValueConfiguration;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Sets up what the engine needs on the server, and takes what is there. Nothing is ever deleted or emptied; doing it
 * twice, or in two programs at once, changes nothing.
 */
final class Provision {
    /** Longer than any worker waits before it buries the same message once more. */
    private static final Duration DEAD_DUPLICATES = Duration.ofMinutes(10);

    /** Of an epoch nothing was heard for so long that nobody asks any more. */
    private static final Duration BEATS_KEPT = Duration.ofDays(7);

    private static final int NO_SUCH_STREAM = 10059;
    private static final int NO_SUCH_CONSUMER = 10014;
    private static final int NAME_IN_USE = 10058;
    private static final int SUBJECTS_OVERLAP = 10065;

    private final NatsLink link;
    private final NatsSettings settings;
    private final Log log;

    Provision(NatsLink link, NatsSettings settings, Log log) {
        this.link = link;
        this.settings = settings;
        this.log = log;
    }

    /** What everybody needs, also one who only sends. Terms of stream and consumer are those of whoever serves. */
    void all() {
        requests(false);
        if (findConsumer().isEmpty()) {
            consumer();
        }
        ensure(StreamConfiguration.builder()
                .name(Names.RESULTS_STREAM)
                .subjects(Names.RESULTS)
                .storageType(StorageType.File)
                .retentionPolicy(RetentionPolicy.Limits)
                .maxAge(settings.resultsKept())
                .maxMessagesPerSubject(1)
                .discardPolicy(DiscardPolicy.New)
                .discardNewPerSubject(true)
                .allowDirect(true)
                .build());
        ensure(StreamConfiguration.builder()
                .name(Names.DEAD_STREAM)
                .subjects(Names.DEAD)
                .storageType(StorageType.File)
                .retentionPolicy(RetentionPolicy.Limits)
                .duplicateWindow(DEAD_DUPLICATES)
                .allowDirect(true)
                .build());
        bucket(KeyValueConfiguration.builder(Names.LEDGER)
                .description("where each job stands")
                .maxHistoryPerKey(1)
                .storageType(StorageType.File)
                .build());
        bucket(KeyValueConfiguration.builder(Names.WORKERS)
                .description("beats of workers")
                .maxHistoryPerKey(1)
                .ttl(BEATS_KEPT)
                .storageType(StorageType.File)
                .build());
        objects();
    }

    /** Before messages are taken: the terms become those of this program, which counts on them. */
    void serve() {
        requests(true);
        consumer();
    }

    private void requests(boolean serving) {
        Optional<StreamConfiguration> there = find(settings.stream());
        if (there.isEmpty()) {
            create(fresh());
            return;
        }
        StreamConfiguration found = there.get();
        boolean ours = found.getRetentionPolicy() == RetentionPolicy.WorkQueue;
        if (!ours && !serving) {
            log.warn()
                    .with("stream", settings.stream())
                    .with("retention", found.getRetentionPolicy().toString())
                    .log("the stream of requests was set up by another program and is used as it is: it keeps messages"
                            + " after they were answered");
        }
        List<String> subjects = new ArrayList<>(found.getSubjects());
        if (ours) {
            for (String wanted : subjects()) {
                if (subjects.stream().noneMatch(subject -> covers(subject, wanted))) {
                    subjects.add(wanted);
                }
            }
        }
        if (subjects.stream().noneMatch(subject -> covers(subject, settings.subject()))) {
            throw unsuitable(
                    "the stream " + settings.stream() + " does not take " + settings.subject(),
                    "it takes " + String.join(", ", found.getSubjects()),
                    "set NATS_REQ_SUBJ to one of these, or NATS_STREAM to another stream");
        }
        boolean otherWindow = serving && !settings.duplicateWindow().equals(found.getDuplicateWindow());
        if (ours && (otherWindow || !subjects.equals(found.getSubjects()))) {
            StreamConfiguration.Builder changed =
                    StreamConfiguration.builder(found).subjects(subjects);
            if (otherWindow) {
                changed.duplicateWindow(settings.duplicateWindow());
            }
            update(changed.build());
        }
    }

    private StreamConfiguration fresh() {
        StreamConfiguration.Builder stream = StreamConfiguration.builder()
                .name(settings.stream())
                .subjects(subjects())
                .storageType(StorageType.File)
                .retentionPolicy(RetentionPolicy.WorkQueue)
                .duplicateWindow(settings.duplicateWindow())
                .allowDirect(true);
        if (settings.maxMessages() > 0) {
            stream.maxMessages(settings.maxMessages()).discardPolicy(DiscardPolicy.New);
        }
        return stream.build();
    }

    private List<String> subjects() {
        return covers(Names.REQUESTS, settings.subject())
                ? List.of(Names.REQUESTS)
                : List.of(Names.REQUESTS, settings.subject());
    }

    /** Whether a pattern of subjects takes everything that another pattern does. */
    static boolean covers(String pattern, String subject) {
        String[] have = pattern.split("\\.", -1);
        String[] want = subject.split("\\.", -1);
        for (int i = 0; i < have.length; i++) {
            if (have[i].equals(">")) {
                return want.length > i;
            }
            boolean token =
                    i < want.length && (have[i].equals(want[i]) || (have[i].equals("*") && !want[i].equals(">")));
            if (!token) {
                return false;
            }
        }
        return have.length == want.length;
    }

    private void update(StreamConfiguration stream) {
        try {
            link.call(
                    "cannot change the stream " + stream.getName(),
                    () -> link.management().updateStream(stream));
        } catch (MayflyException e) {
            if (e.code() != ErrorCode.STATE_UNAVAILABLE) {
                throw e;
            }
            log.warn().with("stream", stream.getName()).with("why", e.why()).log("a stream is used as it is");
        }
    }

    /** Attempts are counted in the ledger: a server that counts leaves what it gave up in its stream, unseen. */
    void consumer() {
        ConsumerConfiguration wanted = ConsumerConfiguration.builder()
                .durable(settings.durable())
                .ackPolicy(AckPolicy.Explicit)
                .ackWait(settings.ackWait())
                .maxDeliver(-1)
                .maxAckPending(settings.maxAckPending())
                .build();
        Optional<ConsumerConfiguration> there = findConsumer();
        if (there.isPresent() && sameTerms(there.get(), wanted)) {
            return;
        }
        if (there.isPresent() && there.get().getDeliverSubject() != null) {
            throw unsuitable(
                    "the consumer " + settings.durable() + " of " + settings.stream() + " cannot be used",
                    "it pushes messages to " + there.get().getDeliverSubject(),
                    "set NATS_DURABLE to another name");
        }
        ConsumerConfiguration change = there.map(found -> ConsumerConfiguration.builder(found)
                        .ackWait(settings.ackWait())
                        .maxDeliver(-1)
                        .backoff(new Duration[0])
                        .maxAckPending(settings.maxAckPending())
                        .build())
                .orElse(wanted);
        try {
            link.call(
                    "cannot set up the consumer " + settings.durable(),
                    () -> link.management().addOrUpdateConsumer(settings.stream(), change));
        } catch (MayflyException e) {
            if (there.isEmpty() || e.code() != ErrorCode.STATE_UNAVAILABLE) {
                throw e;
            }
            log.warn().with("consumer", settings.durable()).with("why", e.why()).log("a consumer is used as it is");
        }
    }

    private static boolean sameTerms(ConsumerConfiguration found, ConsumerConfiguration wanted) {
        return found.getDeliverSubject() == null
                && found.getAckPolicy() == wanted.getAckPolicy()
                && Objects.equals(found.getAckWait(), wanted.getAckWait())
                && found.getMaxDeliver() == wanted.getMaxDeliver()
                && found.getMaxAckPending() == wanted.getMaxAckPending()
                && found.getBackoff().isEmpty();
    }

    private Optional<ConsumerConfiguration> findConsumer() {
        return link.call("cannot look at the consumer " + settings.durable(), () -> {
            try {
                return Optional.of(management()
                        .getConsumerInfo(settings.stream(), settings.durable())
                        .getConsumerConfiguration());
            } catch (JetStreamApiException e) {
                return ifMissing(e, NO_SUCH_CONSUMER);
            }
        });
    }

    private Optional<StreamConfiguration> find(String stream) {
        return link.call("cannot look at the stream " + stream, () -> {
            try {
                return Optional.of(management().getStreamInfo(stream).getConfiguration());
            } catch (JetStreamApiException e) {
                return ifMissing(e, NO_SUCH_STREAM);
            }
        });
    }

    private static <T> Optional<T> ifMissing(JetStreamApiException e, int missing) throws JetStreamApiException {
        if (e.getApiErrorCode() == missing) {
            return Optional.empty();
        }
        throw e;
    }

    private void ensure(StreamConfiguration stream) {
        if (find(stream.getName()).isEmpty()) {
            create(stream);
        }
    }

    private void create(StreamConfiguration stream) {
        create("stream " + stream.getName(), () -> management().addStream(stream));
    }

    private void bucket(KeyValueConfiguration bucket) {
        if (find(Names.bucketStream(bucket.getBucketName())).isEmpty()) {
            create(
                    "bucket " + bucket.getBucketName(),
                    () -> link.connection().keyValueManagement().create(bucket));
        }
    }

    private void objects() {
        if (find("OBJ_" + Names.BLOBS).isEmpty()) {
            ObjectStoreConfiguration store = ObjectStoreConfiguration.builder(Names.BLOBS)
                    .description("bodies that fit no message")
                    .storageType(StorageType.File)
                    .build();
            create(
                    "object store " + Names.BLOBS,
                    () -> link.connection().objectStoreManagement().create(store));
        }
    }

    private <T> void create(String what, NatsLink.Blocking<T> creation) {
        link.call("cannot set up the " + what, () -> {
            try {
                creation.call();
                return true;
            } catch (JetStreamApiException e) {
                if (e.getApiErrorCode() == NAME_IN_USE) {
                    // Somebody else was first.
                    return false;
                }
                if (e.getApiErrorCode() == SUBJECTS_OVERLAP) {
                    throw unsuitable(
                            "cannot set up the " + what,
                            "another stream on this server has its subjects",
                            "nats stream ls --subjects shows which; set NATS_STREAM to that one or use another server");
                }
                throw e;
            }
        });
    }

    private JetStreamManagement management() throws IOException {
        return link.management();
    }

    private static MayflyException unsuitable(String what, String why, String fix) {
        return new MayflyException(ErrorCode.QUEUE_UNSUITABLE, what, why, fix);
    }
}
