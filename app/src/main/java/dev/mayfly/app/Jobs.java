package dev.mayfly.app;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.List;
import java.util.Optional;

/** What has run, for looking at. */
interface Jobs {
    /** The latest runs, newest first, without their results. */
    List<JsonObject> latest(int limit, Optional<String> verdict);

    /** Runs whose id starts with this, at most a few; the one that fits exactly is alone. */
    List<JsonObject> startingWith(String runId);
}
