package dev.mayfly.queue.nats;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import io.nats.client.JetStreamApiException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** What the library throws, as failures of this program. Numbers are those of the server's errors.json. */
final class NatsFailures {
    private static final int WRONG_LAST_SEQUENCE = 10071;
    private static final int LAST_SEQUENCE_NOT_KNOWN_YET = 10164;
    private static final int STORE_FAILED = 10077;
    private static final int NO_RESOURCES = 10023;
    private static final int NO_STORAGE = 10047;
    private static final int OTHER_STREAM = 10060;

    private NatsFailures() {}

    /** The innermost failure that says something. */
    static Throwable bare(Throwable failure) {
        Throwable bare = failure;
        while ((bare instanceof ExecutionException
                        || bare instanceof CompletionException
                        || bare.getClass() == RuntimeException.class)
                && bare.getCause() != null) {
            bare = bare.getCause();
        }
        return bare;
    }

    static boolean isConflict(MayflyException failure) {
        int code = apiCode(failure.getCause());
        return code == WRONG_LAST_SEQUENCE || code == LAST_SEQUENCE_NOT_KNOWN_YET;
    }

    static int apiCode(@Nullable Throwable failure) {
        return failure instanceof JetStreamApiException refused ? refused.getApiErrorCode() : -1;
    }

    static MayflyException refused(String what, JetStreamApiException why) {
        String text = String.valueOf(why.getErrorDescription());
        String lower = text.toLowerCase(Locale.ROOT);
        return switch (why.getApiErrorCode()) {
            case STORE_FAILED, NO_RESOURCES, NO_STORAGE ->
                lower.contains("maximum") || lower.contains("insufficient") || lower.contains("resource")
                        ? new MayflyException(
                                ErrorCode.QUEUE_FULL,
                                what,
                                text,
                                "wait until workers have taken some, start more of them, or raise the limits of the stream",
                                why)
                        : state(what, text, why);
            case OTHER_STREAM ->
                new MayflyException(
                        ErrorCode.QUEUE_UNSUITABLE,
                        what,
                        "its subject belongs to another stream: " + text,
                        "set NATS_STREAM to the stream that has the subject, or use a subject of this one",
                        why);
            default -> state(what, text + " (" + why.getApiErrorCode() + ")", why);
        };
    }

    private static MayflyException state(String what, String why, Throwable cause) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                what,
                "the server of the queue said: " + why,
                "look at the log of nats-server and at its disk; then try again",
                cause);
    }

    static MayflyException unreachable(String what, String why, @Nullable Throwable cause) {
        return new MayflyException(
                ErrorCode.QUEUE_UNREACHABLE,
                what,
                why,
                "see whether nats-server runs at nats.url and answers: mayfly doctor",
                cause);
    }
}
