package dev.mayfly.sandbox.api;

import java.util.Locale;

/** How much of a layer a run got. */
public enum LayerState {
    ACTIVE,
    DEGRADED,
    UNAVAILABLE,
    OFF;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
