package dev.mayfly.fleet.ledger;

import dev.mayfly.store.Migration;
import dev.mayfly.store.Schema;

/** The tables of a server. */
final class FleetSchema {
    static final Schema SCHEMA = Schema.of(
            "fleet",
            Migration.of(
                    1,
                    "runners, agents, who is the server, and identities that were given",
                    """
                    CREATE TABLE server (
                      id INTEGER PRIMARY KEY CHECK (id = 1),
                      epoch INTEGER NOT NULL,
                      last_fence INTEGER NOT NULL
                    ) STRICT
                    """,
                    "INSERT INTO server (id, epoch, last_fence) VALUES (1, 0, 0)",
                    """
                    CREATE TABLE agent (
                      id TEXT PRIMARY KEY,
                      hostname TEXT NOT NULL,
                      session INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID
                    """,
                    """
                    CREATE TABLE runner (
                      id TEXT PRIMARY KEY,
                      name TEXT NOT NULL,
                      type TEXT NOT NULL,
                      labels TEXT NOT NULL,
                      digest TEXT NOT NULL,
                      unwanted INTEGER NOT NULL,
                      state TEXT NOT NULL,
                      host TEXT,
                      machine TEXT,
                      mac TEXT,
                      fence INTEGER NOT NULL,
                      tries INTEGER NOT NULL,
                      permitted INTEGER NOT NULL,
                      address TEXT,
                      port INTEGER,
                      host_key TEXT,
                      reason TEXT NOT NULL,
                      since INTEGER NOT NULL,
                      script TEXT NOT NULL
                    ) STRICT
                    """,
                    // Half an identity a row, for ever: 80 bytes for each machine that was ever made.
                    "CREATE TABLE given (identity TEXT PRIMARY KEY) STRICT, WITHOUT ROWID"),
            Migration.of(
                    2,
                    "hosts that somebody has drained",
                    "ALTER TABLE agent ADD COLUMN drained INTEGER NOT NULL DEFAULT 0"));

    private FleetSchema() {}
}
