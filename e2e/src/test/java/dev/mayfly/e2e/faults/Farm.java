package dev.mayfly.e2e.faults;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;

/** One engine of the queue with all that belongs to it: where its state lies, how it is spoken to and looked into. */
public interface Farm extends AutoCloseable {
    /** The homes of its workers; the service that takes submits lives in the first. */
    List<Path> homes();

    /** Variables for the program. */
    Map<String, String> settings();

    /** Publishes as a client of the replaced system does, and returns when that is kept. */
    void publishRaw(byte[] body) throws Exception;

    /** The whole ledger. */
    List<Row> ledger() throws Exception;

    /** Messages that are still in line. */
    long left() throws Exception;

    /** The bodies of the dead letters. */
    List<String> letters() throws Exception;

    /** Every answer that was told to anybody who listens, by the name under which it was told. */
    Map<String, Set<String>> heard();

    /** Does something to the engine itself; returns what it was, or an empty text when there is nothing to do it to. */
    String disturb(RandomGenerator chance) throws Exception;

    @Override
    void close() throws Exception;
}
