package dev.mayfly.fleet.edge;

import dev.mayfly.fleet.api.AgentId;
import dev.mayfly.fleet.link.AgentSide;
import dev.mayfly.fleet.link.ServerSide;
import dev.mayfly.fleet.protocol.AgentReport;
import dev.mayfly.fleet.protocol.Asked;
import dev.mayfly.fleet.protocol.Command;
import dev.mayfly.fleet.wire.AgentMessages;
import dev.mayfly.proto.fleet.agent.SyncResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One connection of an agent: registered first, and a stream a moment later. What the server says meanwhile, or faster than
 * the agent takes it, waits in a bounded line; more is dropped, which costs time only, because orders are repeated with each
 * report. Safe for concurrent use.
 */
final class AgentLine implements AgentSide {
    private static final int MOST_WAITING = 1_024;

    /** Who has opened the connection. */
    interface Door {
        /** Once, before anything else. */
        void welcomed(AgentLine line, AgentId id, long session);

        /** It is of no use any more; may come twice. */
        void over();
    }

    private final Door door;
    private final Deque<SyncResponse> waiting = new ArrayDeque<>();
    private @Nullable ServerSide server;
    private @Nullable ServerCallStreamObserver<SyncResponse> stream;
    private long session;
    private boolean ended;
    private String why = "";

    AgentLine(Door door) {
        this.door = door;
    }

    synchronized void reaches(ServerSide newServer) {
        server = newServer;
        if (ended) {
            newServer.close();
        }
    }

    @Override
    public void welcomed(AgentId id, long newSession) {
        synchronized (this) {
            session = newSession;
        }
        door.welcomed(this, id, newSession);
    }

    /** The agent has opened its stream. */
    synchronized void opened(ServerCallStreamObserver<SyncResponse> newStream) {
        stream = newStream;
        if (ended) {
            newStream.onError(Status.ABORTED.withDescription(why).asRuntimeException());
            return;
        }
        flush();
    }

    void report(AgentReport report) {
        ServerSide there;
        synchronized (this) {
            there = server;
        }
        if (there != null) {
            there.report(report);
        }
    }

    @Override
    public void ordered(Command command) {
        say(AgentMessages.message(command, session()));
    }

    @Override
    public void asked(Asked asked) {
        say(AgentMessages.message(asked, session()));
    }

    private synchronized long session() {
        return session;
    }

    private synchronized void say(SyncResponse response) {
        if (!ended && waiting.size() < MOST_WAITING) {
            waiting.add(response);
            flush();
        }
    }

    /** Called again by the stream when the agent takes more. */
    synchronized void flush() {
        ServerCallStreamObserver<SyncResponse> open = stream;
        while (open != null && !ended && !waiting.isEmpty() && open.isReady()) {
            open.onNext(waiting.remove());
        }
    }

    /** The server has no use for it any more. */
    @Override
    public void lost(String reason) {
        synchronized (this) {
            if (ended) {
                return;
            }
            ended = true;
            why = reason;
            waiting.clear();
            if (stream != null) {
                stream.onError(Status.ABORTED.withDescription(reason).asRuntimeException());
            }
        }
        door.over();
    }

    /** The agent has gone. */
    void close() {
        ServerSide there;
        synchronized (this) {
            ended = true;
            waiting.clear();
            there = server;
        }
        if (there != null) {
            there.close();
        }
        door.over();
    }
}
