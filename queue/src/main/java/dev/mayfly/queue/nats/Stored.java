package dev.mayfly.queue.nats;

import io.nats.client.impl.Headers;
import java.time.Instant;
import java.util.Optional;

/** A message as it lies in a stream. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Stored(String subject, long sequence, Instant at, Headers headers, byte[] body) {
    Optional<String> header(String name) {
        return Optional.ofNullable(headers.getFirst(name));
    }
}
