package dev.mayfly.queue.nats;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.wire.EntryJson;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A queued entry as the value of a header: its version, a colon, and the entry as the ledger keeps it. */
final class EntryHeader {
    private EntryHeader() {}

    static String text(JobEntry entry) {
        return entry.version() + ":" + HeaderText.encode(new String(EntryJson.bytes(entry), StandardCharsets.UTF_8));
    }

    /** Empty when it is no entry that waits; whoever reads it can ask the ledger. */
    static Optional<JobEntry> read(String text) {
        int colon = text.indexOf(':');
        try {
            long version = Long.parseLong(text.substring(0, Math.max(0, colon)));
            byte[] json = HeaderText.decode(text.substring(colon + 1)).getBytes(StandardCharsets.UTF_8);
            return Optional.of(EntryJson.read(json, version)).filter(entry -> entry.state() == JobState.QUEUED);
        } catch (NumberFormatException | MayflyException e) {
            return Optional.empty();
        }
    }
}
