package dev.mayfly.platform.probe;

import java.util.List;

/** Finds out about a few related capabilities. Stateless; bounded in time; leaves nothing behind. */
interface Probe {
    /** Names of the capabilities it answers for, in the order of its answers. */
    List<String> names();

    /** One answer per name. */
    List<Capability> examine(Host host);

    /** Whether it asks about Linux, so that on another system the answer is known without looking. */
    default boolean linuxOnly() {
        return true;
    }
}
