package dev.mayfly.app;

import dev.mayfly.queue.worker.Worker;
import java.time.Duration;

/** The worker of this process together with its seat. Closed before the engine that it serves. */
record WorkerService(WorkerSeat seat, Worker worker, Janitor janitor) implements AutoCloseable {
    boolean drain(Duration most) throws InterruptedException {
        return worker.drain(most);
    }

    @Override
    public void close() {
        try {
            worker.close();
            janitor.close();
        } finally {
            seat.close();
        }
    }
}
