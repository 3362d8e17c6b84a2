package dev.mayfly.mesh.transport;

import dev.mayfly.base.time.Ticker;
import java.util.List;

/** Two hosts that can reach each other, with source ports {@link #PORTS}. */
public interface World extends AutoCloseable {
    int FIRST_PORT = 0xC001;
    List<Integer> PORTS = List.of(FIRST_PORT, FIRST_PORT + 1, FIRST_PORT + 2);

    Transport a();

    Transport b();

    Ticker ticker();

    /** By how much the stamps of b are ahead of those of a. */
    long skewNanos();

    /** Whether who receives learns from which port it was sent. */
    default boolean tellsSourcePorts() {
        return true;
    }

    @Override
    void close();
}
