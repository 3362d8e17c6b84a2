package dev.mayfly.fleet.edge;

import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.edge.Answering.Reply;
import dev.mayfly.fleet.server.AddAnswer;
import dev.mayfly.fleet.server.DeleteAnswer;
import dev.mayfly.fleet.service.FleetServer;
import dev.mayfly.fleet.wire.ManageMessages;
import dev.mayfly.proto.fleet.shoes.AddInstanceRequest;
import dev.mayfly.proto.fleet.shoes.AddInstanceResponse;
import dev.mayfly.proto.fleet.shoes.DeleteInstanceRequest;
import dev.mayfly.proto.fleet.shoes.DeleteInstanceResponse;
import dev.mayfly.proto.fleet.shoes.ShoesServiceGrpc;
import dev.mayfly.proto.fleet.shoes.StartSplit;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Duration;

/**
 * {@code shoes.vz.shoes.v1.ShoesService}. Statuses are those of shoes-vz where it has one, because myshoes acts on them: it
 * drops a job for good on {@code INVALID_ARGUMENT}, takes {@code NOT_FOUND} for deleted, and tries everything else again.
 */
final class ShoesEndpoint extends ShoesServiceGrpc.ShoesServiceImplBase {
    static final Duration ADD = Duration.ofMinutes(5);
    static final Duration DELETE = Duration.ofMinutes(2);
    private static final String TYPE = "shoes-vz";

    private final FleetServer server;

    ShoesEndpoint(FleetServer server) {
        this.server = server;
    }

    @Override
    public void addInstance(AddInstanceRequest request, StreamObserver<AddInstanceResponse> caller) {
        Answering.guarded(
                caller,
                to -> Answering.when(
                        server.begin(
                                new RunnerName(request.getRunnerName()),
                                ManageMessages.wish(
                                        request.getSetupScript(), request.getResourceType(), request.getLabelsList()),
                                Answering.patience(ADD)),
                        to,
                        ShoesEndpoint::added));
    }

    private static Reply<AddInstanceResponse> added(AddAnswer answer) {
        return switch (answer) {
            case AddAnswer.Ready ready -> Reply.of(response(ready));
            case AddAnswer.NoRoom none -> Reply.failed(Status.UNAVAILABLE, "no room now: " + none.why());
            case AddAnswer.NameTaken taken ->
                Reply.failed(
                        Status.ALREADY_EXISTS, "the name belongs to " + taken.id() + ", which was wished otherwise");
            case AddAnswer.Failed failed -> Reply.failed(Status.INTERNAL, failed.why());
            case AddAnswer.Leaving leaving ->
                Reply.failed(Status.ABORTED, leaving.id() + " of this name is on its way out; ask again");
            case AddAnswer.NotYet notYet ->
                Reply.failed(Status.DEADLINE_EXCEEDED, notYet.id() + " is not ready yet; ask again");
        };
    }

    private static AddInstanceResponse response(AddAnswer.Ready ready) {
        AddInstanceResponse.Builder response = AddInstanceResponse.newBuilder()
                .setCloudId(ready.id().value())
                .setShoesType(TYPE)
                .setIpAddress(ready.address().host())
                .setSshPort(ready.address().port())
                .setSshHostKey(ready.address().hostKey());
        ready.times()
                .ifPresent(times -> response.setSplit(StartSplit.newBuilder()
                        .setPlacedUs(ManageMessages.micros(times.placed()))
                        .setClonedUs(ManageMessages.micros(times.cloned()))
                        .setBootedUs(ManageMessages.micros(times.booted()))
                        .setTotalUs(ManageMessages.micros(times.total()))));
        return response.build();
    }

    @Override
    public void deleteInstance(DeleteInstanceRequest request, StreamObserver<DeleteInstanceResponse> caller) {
        Answering.guarded(
                caller,
                to -> Answering.when(
                        server.end(new RunnerId(request.getCloudId()), Answering.patience(DELETE)),
                        to,
                        ShoesEndpoint::deleted));
    }

    private static Reply<DeleteInstanceResponse> deleted(DeleteAnswer answer) {
        return switch (answer) {
            case DeleteAnswer.Gone() -> Reply.of(DeleteInstanceResponse.getDefaultInstance());
            case DeleteAnswer.Unknown() -> Reply.failed(Status.NOT_FOUND, "there is no such runner");
            case DeleteAnswer.Unconfirmed open ->
                Reply.failed(Status.UNAVAILABLE, "it will be destroyed, but " + open.why());
        };
    }
}
