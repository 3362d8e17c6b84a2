package dev.mayfly.platform.probe;

import java.util.Locale;

/** Whether something can be used. */
public enum CapabilityState {
    ACTIVE,
    /** Usable, but less than it should be, or not proven. */
    DEGRADED,
    UNAVAILABLE;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
