package dev.mayfly.sandbox.run;

import dev.mayfly.sandbox.api.RunRequest;
import dev.mayfly.sandbox.box.Backend;

/** Finds the backend for a run. */
@FunctionalInterface
public interface BackendSelector {
    /**
     * Returns a backend, if need be the one that says why there is none.
     *
     * @param wanted {@code auto}, {@code native}, {@code bwrap} or {@code wasm}
     * @throws dev.mayfly.base.error.MayflyException {@code USAGE} for any other word
     */
    Backend select(String wanted, RunRequest request);
}
