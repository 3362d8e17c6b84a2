package dev.mayfly.sandbox.unavailable;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.sandbox.api.LayerReport;
import dev.mayfly.sandbox.api.LayerState;
import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.Execution;
import java.util.List;

/** A command never runs outside a sandbox, so without one it does not run. */
public final class UnavailableBackend implements Backend {
    private final String reason;
    private final String fix;

    /**
     * @param reason what is missing, for people
     * @param fix what to do, to be pasted where possible
     */
    public UnavailableBackend(String reason, String fix) {
        this.reason = reason;
        this.fix = fix;
    }

    @Override
    public String name() {
        return "unavailable";
    }

    @Override
    public List<LayerReport> layers() {
        return List.of(new LayerReport("backend", true, LayerState.UNAVAILABLE, reason));
    }

    @Override
    public Execution run(BoxSpec spec) {
        throw new MayflyException(
                ErrorCode.SANDBOX_UNAVAILABLE, "no sandbox can run " + spec.runId() + " on this machine", reason, fix);
    }

    @Override
    public void close() {}
}
