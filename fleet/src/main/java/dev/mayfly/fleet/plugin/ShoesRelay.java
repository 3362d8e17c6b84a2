package dev.mayfly.fleet.plugin;

import dev.mayfly.proto.fleet.plugin.AddInstanceRequest;
import dev.mayfly.proto.fleet.plugin.AddInstanceResponse;
import dev.mayfly.proto.fleet.plugin.DeleteInstanceRequest;
import dev.mayfly.proto.fleet.plugin.DeleteInstanceResponse;
import dev.mayfly.proto.fleet.plugin.ResourceType;
import dev.mayfly.proto.fleet.plugin.ShoesGrpc;
import dev.mayfly.proto.fleet.shoes.ShoesServiceGrpc;
import dev.mayfly.proto.fleet.shoes.ShoesServiceGrpc.ShoesServiceBlockingV2Stub;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.stub.StreamObserver;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Hands calls of myshoes on to a server, and its statuses back as they are, because myshoes acts on them. A server that cannot
 * be reached is {@code UNAVAILABLE}, on which myshoes tries again.
 */
final class ShoesRelay extends ShoesGrpc.ShoesImplBase {
    /** What myshoes gives a call; for callers that give none. */
    private static final long ADD_SECONDS = 300;

    private static final long DELETE_SECONDS = 180;

    private final Channel server;

    ShoesRelay(Channel server) {
        this.server = server;
    }

    private interface Call<T> {
        T on(ShoesServiceBlockingV2Stub stub) throws StatusException;
    }

    private <A, B> void hand(
            StreamObserver<B> caller, long usualSeconds, Call<A> call, java.util.function.Function<A, B> back) {
        Deadline deadline = Optional.ofNullable(Context.current().getDeadline())
                .orElseGet(() -> Deadline.after(usualSeconds, TimeUnit.SECONDS));
        try {
            A answer = call.on(ShoesServiceGrpc.newBlockingV2Stub(server).withDeadline(deadline));
            caller.onNext(back.apply(answer));
            caller.onCompleted();
        } catch (StatusException e) {
            caller.onError(Status.fromCode(e.getStatus().getCode())
                    .withDescription(Optional.ofNullable(e.getStatus().getDescription())
                            .orElse("the fleet's server did not say why"))
                    .asRuntimeException());
        }
    }

    @Override
    public void addInstance(AddInstanceRequest request, StreamObserver<AddInstanceResponse> caller) {
        Optional<String> type = word(request.getResourceType());
        if (type.isEmpty()) {
            // The one status on which myshoes gives a job up: no fleet will ever have this size.
            caller.onError(Status.INVALID_ARGUMENT
                    .withDescription("there is no size " + request.getResourceTypeValue())
                    .asRuntimeException());
            return;
        }
        hand(
                caller,
                ADD_SECONDS,
                stub -> stub.addInstance(dev.mayfly.proto.fleet.shoes.AddInstanceRequest.newBuilder()
                        .setRunnerName(request.getRunnerName())
                        .setSetupScript(request.getSetupScript())
                        .setResourceType(type.get())
                        .addAllLabels(request.getLabelsList())
                        .build()),
                answer -> AddInstanceResponse.newBuilder()
                        .setCloudId(answer.getCloudId())
                        .setShoesType(answer.getShoesType())
                        .setIpAddress(answer.getIpAddress())
                        .setResourceType(request.getResourceType())
                        .build());
    }

    /** Empty for a size that was invented after 1.19; no word lets the server choose. */
    private static Optional<String> word(ResourceType type) {
        return switch (type) {
            case Unknown -> Optional.of("");
            case Nano, Micro, Small, Medium, Large, XLarge, XLarge2, XLarge3, XLarge4 ->
                Optional.of(type.name().toLowerCase(Locale.ROOT));
            case UNRECOGNIZED -> Optional.empty();
        };
    }

    @Override
    public void deleteInstance(DeleteInstanceRequest request, StreamObserver<DeleteInstanceResponse> caller) {
        hand(
                caller,
                DELETE_SECONDS,
                stub -> stub.deleteInstance(dev.mayfly.proto.fleet.shoes.DeleteInstanceRequest.newBuilder()
                        .setCloudId(request.getCloudId())
                        .build()),
                _ -> DeleteInstanceResponse.getDefaultInstance());
    }
}
