package dev.mayfly.env.service;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Errors between processes of one user on one machine: all of our codes cross, with their words. */
final class LocalStatuses {
    private static final Metadata.Key<String> CODE = Metadata.Key.of("mayfly-code", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<byte[]> WHAT =
            Metadata.Key.of("mayfly-what-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final Metadata.Key<byte[]> WHY = Metadata.Key.of("mayfly-why-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final Metadata.Key<byte[]> FIX = Metadata.Key.of("mayfly-fix-bin", Metadata.BINARY_BYTE_MARSHALLER);

    /** Trailers are bounded (8 KiB). */
    private static final int LONGEST = 1000;

    private LocalStatuses() {}

    static StatusRuntimeException toWire(MayflyException failure) {
        Metadata trailers = new Metadata();
        trailers.put(CODE, failure.code().name());
        trailers.put(WHAT, words(failure.what()));
        trailers.put(WHY, words(failure.why()));
        trailers.put(FIX, words(failure.fix()));
        return status(failure.code()).withDescription(failure.what()).asRuntimeException(trailers);
    }

    private static Status status(ErrorCode code) {
        return switch (code.exitCode()) {
            case USAGE -> Status.INVALID_ARGUMENT;
            case UNAVAILABLE ->
                code == ErrorCode.REF_UNKNOWN || code == ErrorCode.PROCESS_UNKNOWN
                        ? Status.NOT_FOUND
                        : Status.FAILED_PRECONDITION;
            default -> code == ErrorCode.CONFLICT ? Status.ALREADY_EXISTS : Status.INTERNAL;
        };
    }

    /** What the service said; empty when nobody of our kind said anything. */
    static Optional<MayflyException> fromWire(StatusException failure) {
        Metadata trailers = Optional.ofNullable(failure.getTrailers()).orElseGet(Metadata::new);
        String name = Optional.ofNullable(trailers.get(CODE)).orElse("");
        return Arrays.stream(ErrorCode.values())
                .filter(code -> code.name().equals(name))
                .findFirst()
                .map(code -> new MayflyException(
                        code, text(trailers, WHAT), text(trailers, WHY), text(trailers, FIX), failure));
    }

    private static byte[] words(String text) {
        return text.substring(0, Math.min(LONGEST, text.length())).getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Metadata trailers, Metadata.Key<byte[]> key) {
        return new String(Optional.ofNullable(trailers.get(key)).orElseGet(() -> new byte[0]), StandardCharsets.UTF_8);
    }
}
