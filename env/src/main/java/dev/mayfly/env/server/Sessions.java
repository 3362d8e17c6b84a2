package dev.mayfly.env.server;

import com.google.protobuf.ByteString;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Repository;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Work of clients that is not published yet. Its ids cannot be guessed; what nobody uses any more is given up. */
final class Sessions implements AutoCloseable {
    private static final int ID_BYTES = 16;

    private static final class Entry {
        private final Ingest ingest;
        private long used;
        private int users;

        Entry(Ingest ingest, long now) {
            this.ingest = ingest;
            this.used = now;
        }
    }

    /** What one call does with a session. */
    interface Work<T> {
        T with(Ingest ingest) throws java.io.IOException;
    }

    private final Repository repository;
    private final ServerLimits limits;
    private final Ticker ticker;
    private final SecureRandom random = new SecureRandom();
    private final Map<ByteString, Entry> entries = new HashMap<>();

    Sessions(Repository repository, ServerLimits limits, Ticker ticker) {
        this.repository = repository;
        this.limits = limits;
        this.ticker = ticker;
    }

    /** @throws MayflyException {@code SERVICE_BUSY} when there are too many */
    ByteString open() {
        sweep();
        synchronized (entries) {
            if (entries.size() >= limits.sessions()) {
                throw new MayflyException(
                        ErrorCode.SERVICE_BUSY,
                        "No more work is taken at the moment",
                        limits.sessions() + " clients are writing already",
                        "Try again in a while.");
            }
            byte[] id = new byte[ID_BYTES];
            random.nextBytes(id);
            ByteString key = ByteString.copyFrom(id);
            entries.put(key, new Entry(repository.ingest(), ticker.nanos()));
            return key;
        }
    }

    <T> T use(ByteString id, Work<T> work) throws java.io.IOException {
        Entry entry;
        synchronized (entries) {
            entry = Optional.ofNullable(entries.get(id)).orElseThrow(Sessions::unknown);
            entry.users++;
        }
        try {
            return work.with(entry.ingest);
        } finally {
            synchronized (entries) {
                entry.users--;
                entry.used = ticker.nanos();
            }
        }
    }

    void close(ByteString id) {
        Optional<Entry> entry;
        synchronized (entries) {
            entry = Optional.ofNullable(entries.remove(id));
        }
        entry.ifPresent(each -> each.ingest.close());
    }

    /** Gives up what was not used for too long. */
    void sweep() {
        List<Ingest> idle = new ArrayList<>();
        synchronized (entries) {
            entries.values().removeIf(each -> {
                boolean over = each.users == 0
                        && ticker.since(each.used) > limits.idle().toNanos();
                if (over) {
                    idle.add(each.ingest);
                }
                return over;
            });
        }
        idle.forEach(Ingest::close);
    }

    private static MayflyException unknown() {
        return new MayflyException(
                ErrorCode.REPOSITORY_UNSUITABLE,
                "The work cannot go on",
                "this session does not exist, or was given up because nobody used it",
                "Start it again; what was published before is not copied again.");
    }

    @Override
    public void close() {
        List<Ingest> all = new ArrayList<>();
        synchronized (entries) {
            entries.values().forEach(each -> all.add(each.ingest));
            entries.clear();
        }
        all.forEach(Ingest::close);
    }
}
