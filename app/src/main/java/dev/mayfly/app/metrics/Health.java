package dev.mayfly.app.metrics;

import dev.mayfly.base.json.JsonValue.JsonObject;

/**
 * Whether this process does what it is there for.
 *
 * @param status {@code ok}, or the state of the worker
 * @param why one sentence for people; may be empty when it is well
 */
record Health(boolean well, String status, String why) {
    static final Health OK = new Health(true, "ok", "");

    JsonObject json() {
        JsonObject json = JsonObject.of().with("status", well ? "ok" : status);
        return why.isEmpty() ? json : json.with("why", why);
    }
}
