package dev.mayfly.env.runtime;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.platform.linux.OpenFileLock;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A runtime that is made but for its processes. Whoever has the plan starts {@code mayfly-enter} with it. Until this is
 * closed nobody takes the runtime for left behind; unless it was started, closing removes what was made for it.
 */
public final class Prepared implements AutoCloseable {
    private final byte[] plan;
    private final Path target;
    private final RuntimeFolder place;
    private final OpenFileLock life;
    private final boolean fresh;
    private boolean started;

    /** @param fresh whether the runtime was made now, and not only is to run again */
    Prepared(byte[] plan, Path target, RuntimeFolder place, OpenFileLock life, boolean fresh) {
        this.plan = plan;
        this.target = target;
        this.place = place;
        this.life = life;
        this.fresh = fresh;
    }

    byte[] plan() {
        return plan;
    }

    Path target() {
        return target;
    }

    /** From here on the keeper's own lock counts. */
    void started() {
        started = true;
    }

    @Override
    public void close() {
        try {
            if (!started && fresh) {
                place.remove();
            }
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE,
                    place.path() + " cannot be removed",
                    String.valueOf(e),
                    "mayfly env runtime prune",
                    e);
        } finally {
            life.close();
        }
    }
}
