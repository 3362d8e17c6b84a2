package dev.mayfly.fleet.edge;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.link.Dial;
import dev.mayfly.fleet.wire.AgentMessages;
import dev.mayfly.proto.fleet.agent.AgentServiceGrpc;
import dev.mayfly.proto.fleet.agent.RegisterAgentRequest;
import dev.mayfly.proto.fleet.agent.RegisterAgentResponse;
import dev.mayfly.proto.fleet.agent.SyncRequest;
import dev.mayfly.proto.fleet.agent.SyncResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** {@code shoes.vz.agent.v1.AgentService}. */
final class AgentEndpoint extends AgentServiceGrpc.AgentServiceImplBase {
    /** Who registers and opens no stream for so long has given up. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private record Key(AgentId agent, long session) {}

    private record Registered(AgentLine line, long since) {}

    private final Dial server;
    private final Duration interval;
    private final Log log;
    private final Map<Key, Registered> registered = new ConcurrentHashMap<>();

    AgentEndpoint(Dial server, Duration interval, Log log) {
        this.server = server;
        this.interval = interval;
        this.log = log;
    }

    @Override
    public void registerAgent(RegisterAgentRequest request, StreamObserver<RegisterAgentResponse> answer) {
        if (request.getProtocol() != AgentMessages.PROTOCOL) {
            answer.onError(Status.FAILED_PRECONDITION
                    .withDescription("this server speaks version " + AgentMessages.PROTOCOL
                            + " of the protocol, and the agent version "
                            + Integer.toUnsignedString(request.getProtocol())
                            + ": use an agent of the same release as the server")
                    .asRuntimeException());
            return;
        }
        AgentLine line = new AgentLine(new Registration(answer));
        try {
            line.reaches(server.dial(
                    Optional.of(request.getAgentId())
                            .filter(id -> !id.isEmpty())
                            .map(AgentId::new),
                    request.getHostname(),
                    AgentMessages.offer(request.getCapacity()),
                    line));
        } catch (IllegalArgumentException e) {
            answer.onError(Status.INVALID_ARGUMENT
                    .withDescription(String.valueOf(e.getMessage()))
                    .asRuntimeException());
        } catch (MayflyException e) {
            answer.onError(Status.UNAVAILABLE.withDescription(e.why()).asRuntimeException());
        }
    }

    /** From the agent's first word to its stream. */
    private final class Registration implements AgentLine.Door {
        private final StreamObserver<RegisterAgentResponse> answer;
        private Optional<Key> key = Optional.empty();

        Registration(StreamObserver<RegisterAgentResponse> answer) {
            this.answer = answer;
        }

        @Override
        public synchronized void welcomed(AgentLine line, AgentId id, long session) {
            key = Optional.of(new Key(id, session));
            registered.put(key.get(), new Registered(line, System.nanoTime()));
            answer.onNext(RegisterAgentResponse.newBuilder()
                    .setAgentId(id.value())
                    .setSession(session)
                    .setProtocol(AgentMessages.PROTOCOL)
                    .setSyncIntervalSeconds((int) Math.max(1, interval.toSeconds()))
                    .build());
            answer.onCompleted();
        }

        @Override
        public synchronized void over() {
            if (key.isPresent()) {
                registered.remove(key.get());
            } else {
                answer.onError(Status.UNAVAILABLE
                        .withDescription("the server is ending")
                        .asRuntimeException());
            }
        }
    }

    @Override
    public StreamObserver<SyncRequest> sync(StreamObserver<SyncResponse> answers) {
        return new Stream((ServerCallStreamObserver<SyncResponse>) answers);
    }

    /** Connections of agents that have registered and said nothing since. */
    void sweep() {
        long now = System.nanoTime();
        registered.values().stream()
                .filter(each -> now - each.since() > PATIENCE.toNanos())
                .toList()
                .forEach(each -> each.line().close());
    }

    /** What one agent says. Called by one thread at a time. */
    private final class Stream implements StreamObserver<SyncRequest> {
        private final ServerCallStreamObserver<SyncResponse> answers;
        private @Nullable AgentLine line;
        private boolean refused;

        Stream(ServerCallStreamObserver<SyncResponse> answers) {
            this.answers = answers;
            answers.setOnReadyHandler(this::more);
            answers.setOnCancelHandler(this::end);
        }

        private void more() {
            AgentLine open = line;
            if (open != null) {
                open.flush();
            }
        }

        @Override
        public void onNext(SyncRequest request) {
            if (refused) {
                return;
            }
            try {
                AgentLine open = line == null ? begin(request) : line;
                if (open != null) {
                    open.report(AgentMessages.report(request));
                }
            } catch (IllegalArgumentException e) {
                refuse(Status.INVALID_ARGUMENT.withDescription(String.valueOf(e.getMessage())));
            } catch (MayflyException e) {
                if (e.code() == ErrorCode.SERVICE_BUSY) {
                    // The next report says the same and more.
                    log.debug().cause(e).log("a report was dropped");
                } else {
                    refuse(Status.UNAVAILABLE.withDescription(e.why()));
                }
            }
        }

        private @Nullable AgentLine begin(SyncRequest request) {
            Registered found = registered.remove(new Key(new AgentId(request.getAgentId()), request.getSession()));
            if (found == null) {
                refuse(Status.ABORTED.withDescription("this session is not known: register first"));
                return null;
            }
            line = found.line();
            found.line().opened(answers);
            return found.line();
        }

        private void refuse(Status status) {
            refused = true;
            end();
            if (!answers.isCancelled()) {
                answers.onError(status.asRuntimeException());
            }
        }

        private void end() {
            AgentLine open = line;
            if (open != null) {
                open.close();
            }
        }

        @Override
        public void onError(Throwable failure) {
            end();
        }

        @Override
        public void onCompleted() {
            end();
            if (!answers.isCancelled()) {
                answers.onCompleted();
            }
        }
    }
}
