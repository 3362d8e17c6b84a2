package dev.mayfly.fleet.remote;

import dev.mayfly.proto.fleet.manage.AddOutcome;
import dev.mayfly.proto.fleet.manage.AddProgress;
import dev.mayfly.proto.fleet.manage.AddRequest;
import dev.mayfly.proto.fleet.manage.FleetGrpc;
import dev.mayfly.proto.fleet.manage.RunnerInfo;
import dev.mayfly.proto.fleet.manage.RunnerPage;
import dev.mayfly.proto.fleet.manage.RunnersRequest;
import dev.mayfly.proto.fleet.shoes.AddInstanceRequest;
import dev.mayfly.proto.fleet.shoes.AddInstanceResponse;
import dev.mayfly.proto.fleet.shoes.DeleteInstanceRequest;
import dev.mayfly.proto.fleet.shoes.DeleteInstanceResponse;
import dev.mayfly.proto.fleet.shoes.ShoesServiceGrpc;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Calls of somebody who has thousands at once and no thread to wait for each. Answers come on threads of the network. */
public final class ManyCalls implements AutoCloseable {
    private static final long LONGEST_SECONDS = 120;

    private final ManagedChannel[] channels;
    private final AtomicInteger next = new AtomicInteger();

    /** What comes of one wish: accepted at most once, and then ready or failed. Must not block. */
    public interface Wisher {
        /**
         * It has a host, and that is written down.
         *
         * @param sinceMicros when it was decided, by the server's clock, since 1970
         */
        void accepted(long sinceMicros);

        /** @param id of the runner, where the server tells it */
        void ready(Optional<String> id);

        void failed(String why);
    }

    /** A runner as the server shows it. */
    public record Shown(String id, String name, String agent, long fence, String state, String machine) {}

    /** @param connections that all calls share */
    public ManyCalls(ServerAddress server, int connections) {
        channels = IntStream.range(0, connections)
                .mapToObj(_ -> server.open(Runnable::run))
                .toArray(ManagedChannel[]::new);
    }

    private ManagedChannel channel() {
        ManagedChannel channel = channels[Math.floorMod(next.getAndIncrement(), channels.length)];
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            channel.resetConnectBackoff();
        }
        return channel;
    }

    /** As myshoes asks: told when it is ready. */
    public void add(String name, String script, String type, Wisher wisher) {
        ShoesServiceGrpc.newStub(channel())
                .withDeadlineAfter(LONGEST_SECONDS, TimeUnit.SECONDS)
                .addInstance(
                        AddInstanceRequest.newBuilder()
                                .setRunnerName(name)
                                .setSetupScript(script)
                                .setResourceType(type)
                                .build(),
                        new Ear<AddInstanceResponse>(
                                response -> wisher.ready(Optional.of(response.getCloudId())), wisher::failed));
    }

    /** As people ask: told how it goes. */
    public void addTold(String name, String script, String type, Wisher wisher) {
        FleetGrpc.newStub(channel())
                .withDeadlineAfter(LONGEST_SECONDS, TimeUnit.SECONDS)
                .add(
                        AddRequest.newBuilder()
                                .setRunnerName(name)
                                .setSetupScript(script)
                                .setResourceType(type)
                                .build(),
                        new Ear<AddProgress>(new Story(wisher), wisher::failed));
    }

    private static final class Story implements Consumer<AddProgress> {
        private final Wisher wisher;
        private boolean accepted;

        Story(Wisher wisher) {
            this.wisher = wisher;
        }

        @Override
        public void accept(AddProgress progress) {
            RunnerInfo runner = progress.getRunner();
            if (progress.getOutcome() == AddOutcome.ADD_OUTCOME_READY) {
                wisher.ready(Optional.of(runner.getRunnerId()));
            } else if (progress.getOutcome() != AddOutcome.ADD_OUTCOME_UNSPECIFIED) {
                wisher.failed(progress.getOutcome() + " " + progress.getWhy());
            } else if (!accepted && !runner.getAgentId().isEmpty()) {
                accepted = true;
                wisher.accepted(runner.getSinceUs());
            }
        }
    }

    /** Told when nothing of it is left, or why that is not known. */
    public void delete(String id, Runnable gone, Consumer<String> failed) {
        ShoesServiceGrpc.newStub(channel())
                .withDeadlineAfter(LONGEST_SECONDS, TimeUnit.SECONDS)
                .deleteInstance(
                        DeleteInstanceRequest.newBuilder().setCloudId(id).build(),
                        new Ear<DeleteInstanceResponse>(_ -> gone.run(), failed));
    }

    /** All that are not gone, one after the other. */
    public void runners(Consumer<Shown> each, Runnable end, Consumer<String> failed) {
        FleetGrpc.newStub(channel())
                .withDeadlineAfter(LONGEST_SECONDS, TimeUnit.SECONDS)
                .runners(RunnersRequest.getDefaultInstance(), new StreamObserver<>() {
                    @Override
                    public void onNext(RunnerPage page) {
                        page.getRunnersList()
                                .forEach(runner -> each.accept(new Shown(
                                        runner.getRunnerId(),
                                        runner.getRunnerName(),
                                        runner.getAgentId(),
                                        runner.getFence(),
                                        runner.getState(),
                                        runner.getMachineIdentifier())));
                    }

                    @Override
                    public void onError(Throwable failure) {
                        failed.accept(why(failure));
                    }

                    @Override
                    public void onCompleted() {
                        end.run();
                    }
                });
    }

    private static String why(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        return status.getCode() + (status.getDescription() == null ? "" : ": " + status.getDescription());
    }

    private record Ear<T>(Consumer<T> next, Consumer<String> failed) implements StreamObserver<T> {
        @Override
        public void onNext(T value) {
            next.accept(value);
        }

        @Override
        public void onError(Throwable failure) {
            failed.accept(why(failure));
        }

        @Override
        public void onCompleted() {
            // What counts was said.
        }
    }

    @Override
    public void close() {
        for (ManagedChannel channel : channels) {
            channel.shutdownNow();
        }
    }
}
