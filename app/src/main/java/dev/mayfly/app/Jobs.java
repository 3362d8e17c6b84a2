package dev.mayfly.app;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.queue.api.JobState;
import java.util.List;
import java.util.Optional;

/** What has run, for looking at. */
interface Jobs {
    /** The latest runs or jobs, newest first, without their results; only those that fit what is given. */
    List<JsonObject> latest(int limit, Optional<String> verdict, Optional<JobState> state);

    /** Runs whose id starts with this, at most a few; the one that fits exactly is alone. */
    List<JsonObject> startingWith(String runId);
}
