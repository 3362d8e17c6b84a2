package dev.mayfly.mesh.service;

/** Whatever sees what services do with their queue pairs. */
public interface Tracing {
    /**
     * Begins to tell, on one thread of its own and in the order in which things happened, until the result is closed.
     *
     * @throws dev.mayfly.base.error.MayflyException {@code TRACING_UNAVAILABLE}, with the reason
     */
    Running start(Sink sink);

    /** Takes what happens. */
    interface Sink {
        void happened(VerbsEvent event);

        /** So many events were not told, because they came faster than they were taken. */
        void lost(long events);
    }

    /** Tells until it is closed. */
    interface Running extends AutoCloseable {
        /** How many files with the functions of the library are watched now. */
        int libraries();

        @Override
        void close();
    }
}
