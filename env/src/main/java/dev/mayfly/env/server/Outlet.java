package dev.mayfly.env.server;

import dev.mayfly.env.wire.Statuses;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;

/**
 * Answers a call with a stream from a thread of its own, no faster than the client takes it. A client that takes nothing for
 * too long, or goes away, ends it.
 */
final class Outlet<T> {
    /** What writes the stream. */
    interface Source<T> {
        void writeTo(Outlet<T> outlet) throws IOException;
    }

    private static final long LOOK_AGAIN_MILLIS = 1000;

    private final Object changed = new Object();
    private final ServerCallStreamObserver<T> call;
    private final Duration stall;

    private Outlet(ServerCallStreamObserver<T> call, Duration stall) {
        this.call = call;
        this.stall = stall;
    }

    static <T> void open(StreamObserver<T> answers, Duration stall, Source<T> source) {
        Outlet<T> outlet = new Outlet<>((ServerCallStreamObserver<T>) answers, stall);
        outlet.call.setOnReadyHandler(outlet::look);
        outlet.call.setOnCancelHandler(outlet::look);
        Thread.startVirtualThread(() -> outlet.run(source));
    }

    private void look() {
        synchronized (changed) {
            changed.notifyAll();
        }
    }

    private void run(Source<T> source) {
        try {
            source.writeTo(this);
            call.onCompleted();
        } catch (IOException | RuntimeException e) {
            if (!call.isCancelled()) {
                call.onError(Statuses.toWire(e));
            }
        }
    }

    void send(T answer) {
        long deadline = System.nanoTime() + stall.toNanos();
        synchronized (changed) {
            while (!call.isReady()) {
                if (call.isCancelled()) {
                    throw Status.CANCELLED.asRuntimeException();
                }
                if (System.nanoTime() - deadline > 0) {
                    throw Status.DEADLINE_EXCEEDED
                            .withDescription("the client takes nothing")
                            .asRuntimeException();
                }
                try {
                    changed.wait(LOOK_AGAIN_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw Status.CANCELLED.asRuntimeException();
                }
            }
        }
        call.onNext(answer);
    }
}
