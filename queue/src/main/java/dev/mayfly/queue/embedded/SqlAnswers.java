package dev.mayfly.queue.embedded;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.log.Log;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.port.Answers;
import dev.mayfly.store.Batch;
import dev.mayfly.store.Sql;
import dev.mayfly.store.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Wakes those who wait for an answer: those of this process at once, those of others by the row of the job, which they
 * look at anyway. Only a name that no job has is written down; that is done apart from the caller, because whoever
 * announces has work to go on with, and a lost word costs only time.
 */
final class SqlAnswers implements Answers, Lookout.View {
    /** Names that may wait to be written down; more are dropped. */
    private static final int MAX_UNWRITTEN = 1000;

    /** Most names turn out to be jobs, of which nothing is written; so they are looked up many at a time. */
    private static final Duration GATHER = Duration.ofMillis(10);

    /** Long after everybody who waits has looked. */
    private static final Duration KEPT_FOR = Duration.ofMinutes(10);

    /** Takes names as a JSON array; {@code mark} is another one whenever there may be news. */
    private static final String NEWS = """
            SELECT value AS name, coalesce((SELECT times FROM announcement WHERE name = value), '') || '.' || coalesce(
                    (SELECT version FROM job WHERE id = value
                        AND state NOT IN ('queued', 'running')), '') AS mark
            FROM json_each(?)""";

    private static final String NO_NEWS = ".";

    /** Those of these names that are jobs with an answer. Not by their state, which would be most rows. */
    private static final String ANSWERED = """
            SELECT id FROM job WHERE id IN (SELECT value FROM json_each(?)) AND state NOT IN ('queued', 'running')""";

    private static final String ANNOUNCE = """
            INSERT INTO announcement (name, times, at) VALUES (?, 1, ?)
            ON CONFLICT (name) DO UPDATE SET times = times + 1, at = excluded.at""";

    private record Mark(String name, String mark) {}

    private final Sql sql;
    private final Lookout lookout;
    private final Clock clock;
    private final Log log;
    private final Map<String, List<SqlListener>> listeners = new ConcurrentHashMap<>();
    private final BlockingQueue<String> unwritten = new ArrayBlockingQueue<>(MAX_UNWRITTEN);
    private final Thread writer;
    private volatile boolean closed;

    private SqlAnswers(Sql sql, Lookout lookout, Clock clock, Log log) {
        this.sql = sql;
        this.lookout = lookout;
        this.clock = clock;
        this.log = log;
        this.writer = Thread.ofVirtual().name("queue-announcements").unstarted(this::writeDown);
    }

    static SqlAnswers start(Sql sql, Lookout lookout, Clock clock, Log log) {
        SqlAnswers answers = new SqlAnswers(sql, lookout, clock, log);
        answers.writer.start();
        lookout.add(answers);
        return answers;
    }

    @Override
    public void announce(JobId name, Answer answer) {
        listeners.getOrDefault(name.value(), List.of()).forEach(SqlListener::wake);
        if (!unwritten.offer(name.value())) {
            log.debug().with("name", name).log("too many announcements at once; one was dropped");
        }
    }

    @Override
    public Listener listen(JobId name) {
        SqlListener listener = new SqlListener(name.value());
        listeners.compute(name.value(), (_, present) -> {
            List<SqlListener> all = present == null ? new CopyOnWriteArrayList<>() : present;
            all.add(listener);
            return all;
        });
        lookout.traffic();
        if (closed) {
            listener.wake();
        }
        return listener;
    }

    private void writeDown() {
        try {
            while (!closed) {
                Set<String> names = new LinkedHashSet<>();
                names.add(unwritten.take());
                Thread.sleep(GATHER);
                unwritten.drainTo(names);
                writeDown(names);
            }
        } catch (InterruptedException e) {
            log.debug().log("no more announcements are written down");
        }
    }

    private void writeDown(Set<String> names) {
        try {
            Set<String> jobs = Set.copyOf(sql.query(Statement.of(ANSWERED, array(names)), row -> row.text("id")));
            long now = clock.millis();
            List<Statement> batch = new ArrayList<>();
            for (String name : names) {
                if (!jobs.contains(name)) {
                    batch.add(Statement.of(ANNOUNCE, name, now));
                }
            }
            if (!batch.isEmpty()) {
                batch.add(Statement.of("DELETE FROM announcement WHERE at < ?", now - KEPT_FOR.toMillis()));
                sql.execute(new Batch(batch));
            }
        } catch (MayflyException e) {
            log.debug().cause(e).log("an announcement was not written down");
        }
    }

    private static String array(Set<String> names) {
        return JsonWriter.compact(JsonArray.ofStrings(names));
    }

    @Override
    public boolean look() {
        Set<String> names = Set.copyOf(listeners.keySet());
        if (names.isEmpty()) {
            return false;
        }
        List<Mark> marks =
                sql.query(Statement.of(NEWS, array(names)), row -> new Mark(row.text("name"), row.text("mark")));
        boolean news = false;
        for (Mark mark : marks) {
            for (SqlListener listener : listeners.getOrDefault(mark.name(), List.of())) {
                news |= listener.saw(mark.mark());
            }
        }
        return news;
    }

    @Override
    public void failed() {
        // They ask the ledger when their time is over, and learn of it there.
    }

    @Override
    public void close() {
        closed = true;
        writer.interrupt();
        listeners.values().forEach(all -> all.forEach(SqlListener::wake));
    }

    private final class SqlListener implements Listener {
        private final String name;
        private final Semaphore news = new Semaphore(0);
        private final AtomicReference<String> seen = new AtomicReference<>(NO_NEWS);

        SqlListener(String name) {
            this.name = name;
        }

        @Override
        public void await(Duration most) throws InterruptedException {
            lookout.came();
            try {
                if (!closed && news.tryAcquire(Math.max(0, most.toNanos()), TimeUnit.NANOSECONDS)) {
                    news.drainPermits();
                }
            } finally {
                lookout.left();
            }
        }

        void wake() {
            news.release();
        }

        boolean saw(String mark) {
            boolean isNews = !mark.equals(seen.getAndSet(mark));
            if (isNews) {
                wake();
            }
            return isNews;
        }

        @Override
        public void close() {
            listeners.computeIfPresent(name, (_, all) -> {
                all.remove(this);
                return all.isEmpty() ? null : all;
            });
        }
    }
}
