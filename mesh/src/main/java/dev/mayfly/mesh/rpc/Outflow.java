package dev.mayfly.mesh.rpc;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.function.Supplier;

/**
 * A stream that tells the newest state, not each change: what changes while the other side does not read is told once, when it
 * reads again. So a slow reader costs nothing.
 */
final class Outflow<T> {
    private final ServerCallStreamObserver<T> to;
    private final Supplier<List<T>> news;
    private boolean pending = true;
    private boolean over;

    private Outflow(ServerCallStreamObserver<T> to, Supplier<List<T>> news) {
        this.to = to;
        this.news = news;
    }

    /** Watches before it tells for the first time, so that nothing is missed between. */
    interface Watch {
        Runnable begin(Runnable changed);
    }

    /** @param news what is to be told; called by one thread at a time, empty when there is nothing */
    static <T> void open(StreamObserver<T> to, Watch watch, Supplier<List<T>> news) {
        ServerCallStreamObserver<T> call = (ServerCallStreamObserver<T>) to;
        Outflow<T> outflow = new Outflow<>(call, news);
        Runnable end = watch.begin(() -> Thread.startVirtualThread(outflow::changed));
        call.setOnCancelHandler(() -> {
            outflow.stop();
            end.run();
        });
        call.setOnReadyHandler(outflow::ready);
        outflow.ready();
    }

    private synchronized void changed() {
        pending = true;
        ready();
    }

    private synchronized void stop() {
        over = true;
    }

    private synchronized void ready() {
        if (over || !pending || to.isCancelled() || !to.isReady()) {
            return;
        }
        pending = false;
        news.get().forEach(to::onNext);
    }
}
