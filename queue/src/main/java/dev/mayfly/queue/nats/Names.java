package dev.mayfly.queue.nats;

import dev.mayfly.queue.api.JobId;

/** Streams, subjects and headers. Those of the replaced system keep their names. */
final class Names {
    /** Every subject of requests. */
    static final String REQUESTS = "run.req.*";

    static final String RESULTS_STREAM = "RUN_RES";
    static final String RESULTS = "run.res.>";
    private static final String RESULT = "run.res.";

    /** Where a client of the replaced system says that it has its answer. */
    static final String RECEIPTS = "run.ack.*";

    static final String RECEIPT = "run.ack.";

    static final String DEAD_STREAM = "RUN_DLQ";
    static final String DEAD = "run.dlq";

    static final String LEDGER = "RUN_LEDGER";
    static final String WORKERS = "RUN_WORKERS";
    static final String BLOBS = "RUN_BLOB";

    /** The object that holds the body, and its SHA-256. */
    static final String OBJECT = "Mayfly-Object";

    static final String OBJECT_DIGEST = "Mayfly-Object-Sha256";

    /** Of a ledger entry, so that lists need no bodies. */
    static final String STATE = "Mayfly-State";

    static final String CHANGED = "Mayfly-Changed-Ms";
    static final String OWNER = "Mayfly-Owner";
    /** One call of store, so that it knows its own entry again. */
    static final String TOKEN = "Mayfly-Store";

    /** Of a request: the entry that was stored before it, so that its first worker need not ask for it. */
    static final String ENTRY = "Mayfly-Entry";

    /** Of a dead letter. */
    static final String REASON = "Mayfly-Reason";

    static final String DEAD_SUBJECT = "Mayfly-Subject";
    static final String DEAD_ID = "Mayfly-Id";
    static final String DEAD_JOB = "Mayfly-Job";

    private Names() {}

    static String result(JobId name) {
        return RESULT + name.value();
    }

    /** The stream behind a key-value bucket (NATS ADR-8). */
    static String bucketStream(String bucket) {
        return "KV_" + bucket;
    }

    static String bucketSubject(String bucket, String key) {
        return "$KV." + bucket + "." + key;
    }
}
