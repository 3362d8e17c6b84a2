package dev.mayfly.queue.api;

import java.util.Objects;

/**
 * A request on its way.
 *
 * @param subject where it was published
 * @param id the publisher's name for it ({@code Nats-Msg-Id}); empty when there is none
 * @param body not copied: the maker lets go of it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Message(String subject, String id, byte[] body) {
    public Message {
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(body, "body");
    }
}
