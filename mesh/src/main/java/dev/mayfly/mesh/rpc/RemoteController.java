package dev.mayfly.mesh.rpc;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.secret.Token;
import dev.mayfly.mesh.agent.ControllerLink;
import dev.mayfly.mesh.controller.Health;
import dev.mayfly.mesh.controller.HealthQuestion;
import dev.mayfly.mesh.exchange.AgentReport;
import dev.mayfly.mesh.exchange.Pace;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.exchange.Registration;
import dev.mayfly.proto.mesh.ControllerGrpc;
import dev.mayfly.proto.mesh.ControllerGrpc.ControllerBlockingV2Stub;
import dev.mayfly.proto.mesh.HealthReply;
import dev.mayfly.proto.mesh.PinglistRequest;
import dev.mayfly.proto.mesh.Registered;
import dev.mayfly.rpc.Tls;
import io.grpc.ManagedChannel;
import io.grpc.StatusException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A controller that a {@link ControllerServer} serves, as agents and those who ask it see it. */
public final class RemoteController implements ControllerLink {
    private static final long CALL_SECONDS = 10;

    private final ManagedChannel channel;
    private final String address;

    private RemoteController(ManagedChannel channel, String address) {
        this.channel = channel;
        this.address = address;
    }

    /** Without asking whether anybody is there: that shows at the first call. */
    public static RemoteController lazy(String host, int port, Optional<Token> token, Tls tls) {
        return new RemoteController(Channels.open(host, port, token, tls), host + ":" + port);
    }

    private interface Call<T> {
        T on(ControllerBlockingV2Stub stub) throws StatusException;
    }

    private <T> T ask(Call<T> call) {
        try {
            return call.on(ControllerGrpc.newBlockingV2Stub(channel).withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS));
        } catch (StatusException e) {
            throw Statuses.fromWire(e, address);
        }
    }

    @Override
    public Pace register(Registration registration) {
        Registered registered = ask(stub -> stub.register(Words.message(registration)));
        try {
            return new Pace(
                    Duration.ofMillis(registered.getWindowMillis()), Duration.ofMillis(registered.getReportMillis()));
        } catch (IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.SERVICE_PROTOCOL,
                    "The controller " + address + " gave a wrong answer",
                    String.valueOf(e.getMessage()),
                    "see that agent and controller are of releases that fit",
                    e);
        }
    }

    @Override
    public boolean report(AgentReport report) {
        return ask(stub -> stub.report(Words.message(report))).getKnown();
    }

    /** Whether something is healthy now; incidents come without the cards that they touch. */
    public Health health(HealthQuestion question) {
        HealthReply reply = ask(stub -> stub.health(HealthWords.message(question)));
        return HealthWords.value(reply);
    }

    @Override
    public Runnable watchPinglists(String agent, Consumer<Pinglist> lists, Runnable ended) {
        AtomicReference<@Nullable ClientCallStreamObserver<?>> call = new AtomicReference<>();
        AtomicBoolean over = new AtomicBoolean();
        ControllerGrpc.newStub(channel)
                .watchPinglists(
                        PinglistRequest.newBuilder().setAgent(agent).build(),
                        new ClientResponseObserver<PinglistRequest, dev.mayfly.proto.mesh.Pinglist>() {
                            @Override
                            public void beforeStart(ClientCallStreamObserver<PinglistRequest> begun) {
                                call.set(begun);
                            }

                            @Override
                            public void onNext(dev.mayfly.proto.mesh.Pinglist list) {
                                lists.accept(Words.value(list));
                            }

                            @Override
                            public void onError(Throwable why) {
                                end();
                            }

                            @Override
                            public void onCompleted() {
                                end();
                            }

                            private void end() {
                                if (!over.getAndSet(true)) {
                                    ended.run();
                                }
                            }
                        });
        return () -> {
            over.set(true);
            ClientCallStreamObserver<?> begun = call.get();
            if (begun != null) {
                begun.cancel("not wanted any more", null);
            }
        };
    }

    @Override
    public void close() {
        channel.shutdownNow();
        try {
            channel.awaitTermination(CALL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
