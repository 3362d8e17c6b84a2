package dev.mayfly.mesh.rpc;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.Optional;

/** Failures as statuses, and back. */
final class Statuses {
    private static final int LONGEST = 500;

    private Statuses() {}

    /** Failures that are no {@link MayflyException} say nothing of themselves. */
    static StatusRuntimeException toWire(Throwable failure) {
        return switch (failure) {
            case StatusRuntimeException status -> status;
            case MayflyException known ->
                (known.code() == ErrorCode.CONFLICT ? Status.ALREADY_EXISTS : Status.INTERNAL)
                        .withDescription(shortened(known.what() + ": " + known.why() + "; " + known.fix()))
                        .asRuntimeException();
            case IllegalArgumentException wrong ->
                Status.INVALID_ARGUMENT
                        .withDescription(shortened(String.valueOf(wrong.getMessage())))
                        .asRuntimeException();
            default -> Status.INTERNAL.withDescription("the controller failed").asRuntimeException();
        };
    }

    static MayflyException fromWire(StatusException failure, String address) {
        Status status = failure.getStatus();
        String why = status.getCode() + " "
                + shortened(Optional.ofNullable(status.getDescription()).orElse(""));
        return switch (status.getCode()) {
            case ALREADY_EXISTS ->
                new MayflyException(
                        ErrorCode.CONFLICT,
                        "The controller " + address + " does not take this agent",
                        why,
                        "give each agent its own name and addresses",
                        failure);
            case UNAUTHENTICATED, PERMISSION_DENIED ->
                new MayflyException(
                        ErrorCode.SERVICE_PROTOCOL,
                        "The controller " + address + " does not let us in",
                        why,
                        "set mesh.token (MAYFLY_MESH_TOKEN) as it is set for the controller",
                        failure);
            case UNIMPLEMENTED, INVALID_ARGUMENT, RESOURCE_EXHAUSTED ->
                new MayflyException(
                        ErrorCode.SERVICE_PROTOCOL,
                        "The controller " + address + " does not do what was asked",
                        why,
                        "see that it is a controller of the mesh, of a release that fits",
                        failure);
            default ->
                new MayflyException(
                        ErrorCode.SERVICE_UNREACHABLE,
                        "The controller " + address + " cannot be reached, or went away",
                        why,
                        "see that mayfly mesh controller runs there and that this machine reaches it",
                        failure);
        };
    }

    /** Terminals obey control characters. */
    private static String shortened(String text) {
        String safe = text.replaceAll("\\p{Cntrl}", "?");
        return safe.substring(0, Math.min(LONGEST, safe.length()));
    }
}
