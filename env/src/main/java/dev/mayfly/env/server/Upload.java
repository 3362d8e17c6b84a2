package dev.mayfly.env.server;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.wire.Pieces;
import dev.mayfly.env.wire.Statuses;
import dev.mayfly.proto.env.Done;
import dev.mayfly.proto.env.Put;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** One content that a client sends; a thread of its own takes it in. */
final class Upload implements StreamObserver<Put> {
    /** What takes the content in. */
    interface Taker {
        Done take(Put first, InputStream content) throws IOException;
    }

    private final StreamObserver<Done> answer;
    private final long mostBytes;
    private final Taker taker;
    private final Inlet inlet;
    private final AtomicBoolean answered = new AtomicBoolean();
    private Optional<Put> first = Optional.empty();
    private long bytes;

    Upload(StreamObserver<Done> answer, ServerLimits limits, long mostBytes, Taker taker) {
        this.answer = answer;
        this.mostBytes = mostBytes;
        this.taker = taker;
        this.inlet = new Inlet(limits.stall());
    }

    @Override
    public void onNext(Put put) {
        try {
            if (first.isEmpty()) {
                first = Optional.of(put);
                Thread.startVirtualThread(() -> run(put));
                return;
            }
            byte[] content = Pieces.content(put.getPiece());
            bytes += content.length;
            if (bytes > mostBytes) {
                throw new MayflyException(
                        ErrorCode.REQUEST_TOO_LARGE,
                        "The content is refused",
                        "it has more than " + mostBytes + " bytes",
                        "Ask whoever runs the server for a higher limit.");
            }
            inlet.put(content);
        } catch (IOException | RuntimeException e) {
            fail(e);
            stop();
        }
    }

    private void run(Put put) {
        try (inlet) {
            Done done = taker.take(put, inlet);
            if (answered.compareAndSet(false, true)) {
                answer.onNext(done);
                answer.onCompleted();
            }
        } catch (IOException | RuntimeException e) {
            fail(e);
        }
    }

    private void fail(Exception failure) {
        if (answered.compareAndSet(false, true)) {
            answer.onError(Statuses.toWire(failure));
        }
    }

    private void stop() {
        try {
            inlet.breakOff("the transfer broke off");
        } catch (IOException e) {
            inlet.close();
        }
    }

    @Override
    public void onError(Throwable gone) {
        answered.set(true);
        stop();
    }

    @Override
    public void onCompleted() {
        try {
            inlet.end();
        } catch (IOException e) {
            fail(e);
        }
    }
}
