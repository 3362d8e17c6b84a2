package dev.mayfly.env.wire;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** Errors as they cross the wire: a status for everybody, and our code and words in trailers for ourselves. */
public final class Statuses {
    private static final Metadata.Key<String> CODE = Metadata.Key.of("mayfly-code", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> WHAT =
            Metadata.Key.of("mayfly-what-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final Metadata.Key<byte[]> WHY = Metadata.Key.of("mayfly-why-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final Metadata.Key<byte[]> FIX = Metadata.Key.of("mayfly-fix-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** Trailers are bounded (8 KiB), and words of strangers should be short. */
    private static final int LONGEST = 500;

    /** Codes that a server may answer with; others would let it say what only this machine can know. */
    private static final Map<ErrorCode, Status> CODES = Map.of(
            ErrorCode.CONTENT_CORRUPT, Status.DATA_LOSS,
            ErrorCode.CONTENT_MISSING, Status.NOT_FOUND,
            ErrorCode.REF_UNKNOWN, Status.NOT_FOUND,
            ErrorCode.REPOSITORY_UNSUITABLE, Status.FAILED_PRECONDITION,
            ErrorCode.NO_SPACE, Status.RESOURCE_EXHAUSTED,
            ErrorCode.TAG_MOVED, Status.ABORTED,
            ErrorCode.STATE_UNAVAILABLE, Status.INTERNAL,
            ErrorCode.REQUEST_TOO_LARGE, Status.INVALID_ARGUMENT,
            ErrorCode.SERVICE_BUSY, Status.RESOURCE_EXHAUSTED);

    private Statuses() {}

    /** What the server answers. Failures that are no {@link MayflyException} say nothing of themselves. */
    public static StatusRuntimeException toWire(Throwable failure) {
        if (failure instanceof StatusRuntimeException status) {
            return status;
        }
        if (failure instanceof IllegalArgumentException) {
            return Status.INVALID_ARGUMENT
                    .withDescription("the request is wrong")
                    .asRuntimeException();
        }
        if (!(failure instanceof MayflyException known)) {
            return Status.INTERNAL.withDescription("the server failed").asRuntimeException();
        }
        Metadata trailers = new Metadata();
        trailers.put(CODE, known.code().name());
        trailers.put(WHAT, words(known.what()));
        trailers.put(WHY, words(known.why()));
        trailers.put(FIX, words(known.fix()));
        return CODES.getOrDefault(known.code(), Status.INTERNAL)
                .withDescription(known.code().label())
                .asRuntimeException(trailers);
    }

    /** What the client throws. */
    public static MayflyException fromWire(StatusException failure, String address) {
        Metadata trailers = Optional.ofNullable(failure.getTrailers()).orElseGet(Metadata::new);
        String name = Optional.ofNullable(trailers.get(CODE)).orElse("");
        Optional<ErrorCode> code =
                CODES.keySet().stream().filter(each -> each.name().equals(name)).findFirst();
        if (code.isPresent()) {
            return new MayflyException(
                    code.get(),
                    text(trailers, WHAT),
                    address + " says: " + text(trailers, WHY),
                    text(trailers, FIX),
                    failure);
        }
        String why = failure.getStatus().getCode() + " "
                + clean(Optional.ofNullable(failure.getStatus().getDescription())
                        .orElse(""));
        return switch (failure.getStatus().getCode()) {
            case UNIMPLEMENTED, INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNAUTHENTICATED, PERMISSION_DENIED ->
                new MayflyException(
                        ErrorCode.REPOSITORY_UNSUITABLE,
                        "The repository " + address + " does not do what was asked",
                        why,
                        "See that it is a repository of environments, of a version that fits, and that the token is right.",
                        failure);
            default ->
                new MayflyException(
                        ErrorCode.REMOTE_UNREACHABLE,
                        "The repository " + address + " cannot be reached, or went away",
                        why,
                        "See that its server runs and that this machine reaches it, and try again.",
                        failure);
        };
    }

    private static byte[] words(String text) {
        return text.substring(0, Math.min(LONGEST, text.length())).getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Metadata trailers, Metadata.Key<byte[]> key) {
        return clean(new String(
                Optional.ofNullable(trailers.get(key)).orElseGet(() -> new byte[0]), StandardCharsets.UTF_8));
    }

    /** Terminals obey control characters. */
    private static String clean(String text) {
        String safe = text.replaceAll("\\p{Cntrl}", "?");
        return safe.substring(0, Math.min(LONGEST, safe.length()));
    }
}
