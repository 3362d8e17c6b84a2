package dev.mayfly.queue.nats;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Which server, and what is set up on it.
 *
 * @param url one or more, with commas: {@code nats://host:4222}, {@code nats://user:password@host}, {@code
 *     nats://token@host}, {@code tls://host}
 * @param subject of requests, {@code NATS_REQ_SUBJ}
 * @param stream of requests, {@code NATS_STREAM}
 * @param durable name of the consumer that all workers share, {@code NATS_DURABLE}
 * @param maxAckPending messages that may be out with workers, {@code NATS_MAX_ACK_PENDING}
 * @param ackWait after which a message comes again, {@code NATS_ACK_WAIT_SEC}
 * @param duplicateWindow in which an id is taken once, {@code NATS_DUP_WINDOW_SEC}
 * @param patience for one answer of the server, {@code JS_PUBLISH_TIMEOUT_SEC}
 * @param receiptWait how long an answer is said again to a client of the replaced system, {@code ACK_ACK_WAIT_SEC}; zero
 *     for once
 * @param resultsKept how long announced answers stay in {@code RUN_RES}
 * @param maxMessages that may be in line; 0 for any number. Only for a stream that is made, not for one that is there
 * @param credentials a file as {@code nsc} writes it, with a JWT and a seed
 * @param allowOldServer work with a server older than 2.10 all the same
 */
public record NatsSettings(
        String url,
        String subject,
        String stream,
        String durable,
        int maxAckPending,
        Duration ackWait,
        Duration duplicateWindow,
        Duration patience,
        Duration receiptWait,
        Duration resultsKept,
        long maxMessages,
        Optional<Path> credentials,
        boolean allowOldServer) {
    public static final String DEFAULT_URL = "nats://127.0.0.1:4222";

    public NatsSettings {
        Objects.requireNonNull(credentials, "credentials");
        if (url.isBlank()) {
            throw new IllegalArgumentException("no URL of a server");
        }
        requireToken("stream", stream);
        requireToken("durable", durable);
        if (!subject.matches("[!-~]+") || subject.matches(".*[*>].*|\\..*|.*\\.|.*\\.\\..*")) {
            throw new IllegalArgumentException("not a subject to publish to: '" + subject + "'");
        }
        if (maxAckPending < 1 || maxMessages < 0 || receiptWait.isNegative()) {
            throw new IllegalArgumentException(
                    "limits of the queue: " + maxAckPending + ", " + maxMessages + ", " + receiptWait);
        }
        for (Duration time : new Duration[] {ackWait, duplicateWindow, patience, resultsKept}) {
            if (!time.isPositive()) {
                throw new IllegalArgumentException("a time of the queue is not positive: " + time);
            }
        }
    }

    /** What the replaced system had when nothing was set. */
    public static NatsSettings at(String url) {
        return new NatsSettings(
                url,
                "run.req.default",
                "RUN",
                "RUN_WORKER",
                2048,
                Duration.ofSeconds(30),
                Duration.ofSeconds(120),
                Duration.ofSeconds(5),
                Duration.ofSeconds(2),
                Duration.ofDays(7),
                0,
                Optional.empty(),
                false);
    }

    /** The URL without user, password or token, to be shown. */
    public String shownUrl() {
        return withoutSecrets(url);
    }

    /** Any text in which URLs may stand. */
    static String withoutSecrets(String text) {
        return text.replaceAll("//[^/@,\\s]*@", "//");
    }

    /** A token of a subject, which names of streams and consumers are. */
    private static void requireToken(String what, String name) {
        if (!name.matches("[A-Za-z0-9_-]{1,200}")) {
            throw new IllegalArgumentException(what + " may have letters, digits, - and _ in its name: '" + name + "'");
        }
    }
}
