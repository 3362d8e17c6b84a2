package dev.mayfly.sandbox.box;

import dev.mayfly.sandbox.api.LayerReport;
import java.util.List;

/** One way to run a command under enforcement. Implementations are safe for concurrent use. */
public interface Backend extends AutoCloseable {
    /** {@code native}, {@code bwrap}, {@code wasm} or {@code unavailable}. */
    String name();

    /**
     * Every layer this backend knows and its state on this machine, before anything has run. {@code requested} is true
     * for all of them here. An unavailable backend reports one layer {@code backend} that says why.
     */
    List<LayerReport> layers();

    /**
     * Runs the box to its end and leaves nothing behind.
     *
     * @throws dev.mayfly.base.error.MayflyException {@code SANDBOX_*} or {@code LAUNCHER_*} when it could not be set
     *     up; then the command did not run. A command that fails, is killed or exceeds limits is an Execution.
     */
    Execution run(BoxSpec spec) throws InterruptedException;

    @Override
    void close();
}
