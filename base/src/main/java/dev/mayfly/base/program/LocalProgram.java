package dev.mayfly.base.program;

import dev.mayfly.base.local.LocalService;

/** The whole program, able to answer calls inside the process of the client that found it. */
public interface LocalProgram {
    /** Opens what calls need. Failures are {@code MayflyException}s, and then nothing is left open. */
    Open open(Surroundings surroundings);

    /** An opened program. {@code close} is idempotent, bounded in time, and leaves nothing running. */
    interface Open extends LocalService, AutoCloseable {
        @Override
        void close();
    }
}
