package dev.mayfly.queue.nats;

import io.nats.client.api.StreamState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Finds bodies of requests whose message was never published, or is gone: whoever should have deleted them died. */
record RequestGarbage(StreamReader requests, Bodies bodies, InstantSource clock) {
    /** Between storing a body and publishing its message there is less time than this. */
    private static final Duration PUBLISHING = Duration.ofHours(1);

    void sweep(Instant time) {
        Instant limit = clock.instant().minus(PUBLISHING);
        List<String> garbage = bodies.madeBefore(Bodies.Kind.REQUEST, time.isBefore(limit) ? time : limit);
        if (garbage.isEmpty()) {
            return;
        }
        StreamState state = requests.state();
        garbage.removeAll(
                state.getMsgCount() == 0
                        ? List.of()
                        : requests.scan(1, Long.MAX_VALUE, each -> each.header(Names.OBJECT)));
        bodies.sweep(garbage);
    }
}
