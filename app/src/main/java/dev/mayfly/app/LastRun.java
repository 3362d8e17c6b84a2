package dev.mayfly.app;

import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.Execution;
import java.util.List;

/**
 * A backend that is used for one run and then closed by a thread of its own, while the run is graded and recorded: to
 * end a launcher and its namespaces takes the kernel milliseconds. Whoever owns the backend closes it too, and waits.
 *
 * @param closing closes the backend; safe to be called twice, and the second call waits for the first
 */
record LastRun(Backend backend, Runnable closing) implements Backend {
    @Override
    public String name() {
        return backend.name();
    }

    @Override
    public List<LayerReport> layers() {
        return backend.layers();
    }

    @Override
    public Execution run(BoxSpec spec) throws InterruptedException {
        try {
            return backend.run(spec);
        } finally {
            Thread.ofPlatform().daemon().name("backend-close").start(closing);
        }
    }

    @Override
    public void close() {
        closing.run();
    }
}
