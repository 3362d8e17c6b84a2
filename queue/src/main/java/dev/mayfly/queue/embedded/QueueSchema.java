package dev.mayfly.queue.embedded;

import dev.mayfly.store.Migration;
import dev.mayfly.store.Schema;

/** Everything that this engine keeps. */
final class QueueSchema {
    private QueueSchema() {}

    /**
     * What changes often is apart from what is large, because SQLite writes a changed row anew as a whole: {@code line}
     * changes with each delivery, {@code message} never. {@code line.due} is 0 for what was never delivered, else the
     * time from which it may be delivered again; so one index has the first of both kinds. Numbers are never used again
     * (AUTOINCREMENT), so that a late ack cannot mean another message. {@code total} has what counting {@code line}
     * would give, because each publish asks.
     */
    static final Schema SCHEMA = Schema.of(
            "queue",
            Migration.of(
                    1,
                    "messages",
                    """
                    CREATE TABLE message (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        subject TEXT NOT NULL,
                        id TEXT NOT NULL,
                        published_at INTEGER NOT NULL,
                        body BLOB NOT NULL
                    ) STRICT""",
                    """
                    CREATE TABLE line (
                        number INTEGER PRIMARY KEY,
                        due INTEGER NOT NULL,
                        count INTEGER NOT NULL,
                        holder TEXT NOT NULL
                    ) STRICT""",
                    "CREATE INDEX line_by_due ON line (due)",
                    """
                    CREATE INDEX line_by_holder ON line (holder) WHERE holder != ''""",
                    """
                    CREATE TABLE total (
                        one INTEGER PRIMARY KEY CHECK (one = 1),
                        messages INTEGER NOT NULL CHECK (messages >= 0)
                    ) STRICT""",
                    "INSERT INTO total (one, messages) VALUES (1, 0)",
                    """
                    CREATE TABLE message_id (
                        id TEXT PRIMARY KEY,
                        at INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID""",
                    "CREATE INDEX message_id_by_time ON message_id (at)",
                    """
                    CREATE TABLE dead_letter (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        message INTEGER NOT NULL UNIQUE,
                        at INTEGER NOT NULL,
                        job TEXT,
                        reason TEXT NOT NULL,
                        subject TEXT NOT NULL,
                        id TEXT NOT NULL,
                        body BLOB NOT NULL
                    ) STRICT"""),
            Migration.of(2, "jobs", """
                    CREATE TABLE job (
                        number INTEGER PRIMARY KEY,
                        id TEXT NOT NULL UNIQUE,
                        version INTEGER NOT NULL,
                        state TEXT NOT NULL,
                        fence INTEGER NOT NULL,
                        attempts INTEGER NOT NULL,
                        round INTEGER NOT NULL,
                        submitted_at INTEGER NOT NULL,
                        changed_at INTEGER NOT NULL,
                        summary TEXT NOT NULL,
                        repeatable INTEGER NOT NULL,
                        longest_ms INTEGER NOT NULL,
                        note TEXT NOT NULL,
                        owner_id TEXT,
                        owner_home TEXT,
                        owner_process TEXT,
                        cancel_wanted INTEGER NOT NULL,
                        exit_code INTEGER,
                        verdict TEXT,
                        answer TEXT
                    ) STRICT""", "CREATE INDEX job_by_change ON job (changed_at)", """
                    CREATE INDEX job_by_state ON job (state, changed_at)""", """
                    CREATE TABLE epoch (
                        id TEXT PRIMARY KEY,
                        beat INTEGER NOT NULL,
                        at INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID"""),
            Migration.of(3, "announcements", """
                    CREATE TABLE announcement (
                        name TEXT PRIMARY KEY,
                        times INTEGER NOT NULL,
                        at INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID""", "CREATE INDEX announcement_by_time ON announcement (at)"));
}
