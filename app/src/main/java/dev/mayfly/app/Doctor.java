package dev.mayfly.app;

import dev.mayfly.base.json.JsonValue.JsonObject;

/** What this machine can do. */
interface Doctor {
    Report examine();

    /** The same findings as a value and as a table. */
    interface Report {
        JsonObject json();

        String table();

        /** True when untrusted code can run here under enforcement. */
        boolean canRun();
    }
}
