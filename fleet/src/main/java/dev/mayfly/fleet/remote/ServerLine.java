package dev.mayfly.fleet.remote;

import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.link.AgentSide;
import dev.mayfly.fleet.link.ServerSide;
import dev.mayfly.fleet.protocol.AgentReport;
import dev.mayfly.fleet.protocol.Answer;
import dev.mayfly.fleet.schedule.Offer;
import dev.mayfly.fleet.wire.AgentMessages;
import dev.mayfly.fleet.wire.ManageMessages;
import dev.mayfly.proto.fleet.agent.AgentServiceGrpc;
import dev.mayfly.proto.fleet.agent.RegisterAgentRequest;
import dev.mayfly.proto.fleet.agent.RegisterAgentResponse;
import dev.mayfly.proto.fleet.agent.SyncRequest;
import dev.mayfly.proto.fleet.agent.SyncResponse;
import dev.mayfly.proto.fleet.manage.AnswerReply;
import dev.mayfly.proto.fleet.manage.AnswerRequest;
import dev.mayfly.proto.fleet.manage.AnswersGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An agent's connection: registers, then opens the stream. A report is all that the agent has, so of those that the server has
 * not taken yet only the newest waits. Safe for concurrent use.
 */
final class ServerLine implements ServerSide {
    private static final long REGISTER_SECONDS = 10;
    private static final long ANSWER_SECONDS = 20;

    private final ManagedChannel channel;
    private final boolean ownsChannel;
    private final AgentSide agent;
    private final Log log;
    private @Nullable ClientCallStreamObserver<SyncRequest> stream;
    private @Nullable SyncRequest newest;
    private boolean over;

    private ServerLine(ManagedChannel channel, boolean ownsChannel, AgentSide agent, Log log) {
        this.channel = channel;
        this.ownsChannel = ownsChannel;
        this.agent = agent;
        this.log = log;
    }

    /**
     * Returns at once; whether anybody is there shows when the agent is welcomed, or the line is lost.
     *
     * @param ownsChannel whether the channel is closed with the line
     */
    static ServerLine open(
            ManagedChannel channel,
            boolean ownsChannel,
            Optional<AgentId> known,
            String hostname,
            Offer offer,
            AgentSide agent,
            Log log) {
        ServerLine line = new ServerLine(channel, ownsChannel, agent, log);
        RegisterAgentRequest request = RegisterAgentRequest.newBuilder()
                .setHostname(hostname)
                .setCapacity(AgentMessages.message(offer))
                .setAgentId(known.map(AgentId::value).orElse(""))
                .setProtocol(AgentMessages.PROTOCOL)
                .build();
        AgentServiceGrpc.newStub(channel)
                .withDeadlineAfter(REGISTER_SECONDS, TimeUnit.SECONDS)
                .registerAgent(request, line.new Registration());
        return line;
    }

    private final class Registration implements StreamObserver<RegisterAgentResponse> {
        @Override
        public void onNext(RegisterAgentResponse response) {
            AgentId id;
            try {
                id = new AgentId(response.getAgentId());
            } catch (IllegalArgumentException e) {
                lose("the server gave no name that fits: " + e.getMessage());
                return;
            }
            AgentServiceGrpc.newStub(channel).sync(new Orders());
            // After the stream is there, because the agent's first report follows at once.
            agent.welcomed(id, response.getSession());
        }

        @Override
        public void onError(Throwable failure) {
            lose(why(failure));
        }

        @Override
        public void onCompleted() {
            // What counts was said.
        }
    }

    /** What the server says. */
    private final class Orders implements ClientResponseObserver<SyncRequest, SyncResponse> {
        @Override
        public void beforeStart(ClientCallStreamObserver<SyncRequest> requests) {
            requests.setOnReadyHandler(ServerLine.this::flush);
            synchronized (ServerLine.this) {
                stream = requests;
            }
        }

        @Override
        public void onNext(SyncResponse response) {
            try {
                AgentMessages.command(response).ifPresent(agent::ordered);
                AgentMessages.asked(response).ifPresent(agent::asked);
            } catch (IllegalArgumentException e) {
                log.warn().cause(e).log("the server said something that makes no sense here");
            }
        }

        @Override
        public void onError(Throwable failure) {
            lose(why(failure));
        }

        @Override
        public void onCompleted() {
            lose("the server has ended the connection");
        }
    }

    private static String why(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        Throwable cause = status.getCause();
        return status.getCode()
                + (status.getDescription() == null ? "" : ": " + status.getDescription())
                + (cause == null || cause.getMessage() == null ? "" : ": " + cause.getMessage());
    }

    private void lose(String why) {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        agent.lost(why);
    }

    @Override
    public synchronized void report(AgentReport report) {
        newest = AgentMessages.message(report);
        flush();
    }

    private synchronized void flush() {
        ClientCallStreamObserver<SyncRequest> open = stream;
        SyncRequest next = newest;
        if (open != null && next != null && !over && open.isReady()) {
            newest = null;
            open.onNext(next);
        }
    }

    @Override
    public void answer(String id, Answer answer) {
        AnswerRequest.Builder request = AnswerRequest.newBuilder().setAskId(id);
        switch (answer) {
            case Answer.Text text -> request.setText(ManageMessages.message(text));
            case Answer.None none -> request.setFailure(none.why());
        }
        AnswersGrpc.newStub(channel)
                .withDeadlineAfter(ANSWER_SECONDS, TimeUnit.SECONDS)
                .answer(request.build(), new StreamObserver<AnswerReply>() {
                    @Override
                    public void onNext(AnswerReply reply) {
                        // It has arrived.
                    }

                    @Override
                    public void onError(Throwable failure) {
                        log.debug().with("why", why(failure)).log("an answer did not arrive");
                    }

                    @Override
                    public void onCompleted() {
                        // It has arrived.
                    }
                });
    }

    @Override
    public void close() {
        ClientCallStreamObserver<SyncRequest> open;
        synchronized (this) {
            over = true;
            open = stream;
        }
        if (open != null) {
            open.cancel("the agent hangs up", null);
        }
        if (ownsChannel) {
            channel.shutdownNow();
        }
    }
}
