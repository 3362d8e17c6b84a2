package dev.mayfly.env.repo;

/** Where environments are kept. Safe for concurrent use, also by several processes. */
public interface Repository extends AutoCloseable {
    /** For people and errors: a path or an address. */
    String address();

    Objects objects();

    Payloads payloads();

    Tags tags();

    /**
     * Begins to write.
     *
     * @throws dev.mayfly.base.error.MayflyException when this repository only reads
     */
    Ingest ingest();

    /**
     * For who writes nothing but the name of something that is there already.
     *
     * @throws dev.mayfly.base.error.MayflyException when this repository only reads
     */
    default Hold hold() {
        return ingest();
    }

    @Override
    void close();
}
