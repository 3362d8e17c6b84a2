package dev.mayfly.queue.nats;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.queue.api.Epoch;
import io.nats.client.PublishOptions;
import io.nats.client.impl.Headers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** What workers say to show that they live, in the bucket {@code RUN_WORKERS}. */
final class Beats {
    private final NatsLink link;
    private final StreamReader beats;

    Beats(NatsLink link) {
        this.link = link;
        this.beats = new StreamReader(link, Names.bucketStream(Names.WORKERS));
    }

    void beat(Epoch epoch, long number) {
        link.publish(
                "cannot say that this worker lives",
                subject(key(epoch.id())),
                new Headers(),
                Long.toString(number).getBytes(StandardCharsets.US_ASCII),
                PublishOptions.builder().build());
    }

    OptionalLong last(Epoch epoch) {
        Optional<Stored> last = beats.last(subject(key(epoch.id())));
        try {
            return last.isEmpty() || last.get().body().length == 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(new String(last.get().body(), StandardCharsets.US_ASCII)));
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    /** Epochs that said something since then, by the server's clock. The bucket keeps one word of each. */
    int since(Instant time) {
        return beats.scan(1, Long.MAX_VALUE, each -> each.at().isBefore(time) ? Optional.empty() : Optional.of(each))
                .size();
    }

    /** Whether any epoch did; one question, where {@link #since} reads through them all. */
    boolean anySince(Instant time) {
        return Optional.ofNullable(beats.state().getLastTime())
                .filter(last -> !last.toInstant().isBefore(time))
                .isPresent();
    }

    /** @param owners keys of epochs that own something and are kept */
    void forget(Instant time, Set<String> owners) {
        String prefix = subject("");
        List<Stored> old = beats.scan(
                1,
                Long.MAX_VALUE,
                each -> each.at().isBefore(time)
                                && !owners.contains(each.subject().substring(prefix.length()))
                        ? Optional.of(each)
                        : Optional.empty());
        old.forEach(beats::delete);
    }

    /** An id as a key; one with other characters than keys have gets a name of its own. */
    static String key(String epoch) {
        return epoch.matches("[A-Za-z0-9_-]{1,100}")
                ? epoch
                : "x" + Sha256Digest.of(epoch).hex();
    }

    private static String subject(String key) {
        return Names.bucketSubject(Names.WORKERS, key);
    }
}
