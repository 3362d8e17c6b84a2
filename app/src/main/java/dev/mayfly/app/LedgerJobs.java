package dev.mayfly.app;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.sandbox.record.Ledger;
import dev.mayfly.sandbox.record.LedgerEntry;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The ledger as what {@code job ls} and {@code job show} print. */
final class LedgerJobs implements Jobs {
    /** Enough to say that a prefix is not enough. */
    private static final int CANDIDATES = 3;

    private final Ledger ledger;

    LedgerJobs(Ledger ledger) {
        this.ledger = ledger;
    }

    @Override
    public List<JsonObject> latest(int limit, Optional<String> verdict, Optional<JobState> state) {
        if (state.isPresent() && state.get() != JobState.DONE) {
            return List.of();
        }
        return ledger.newest(limit, verdict).stream().map(LedgerJobs::row).toList();
    }

    @Override
    public List<JsonObject> startingWith(String runId) {
        List<LedgerEntry> found = ledger.startingWith(runId, CANDIDATES);
        // In the order of ids, so one that fits exactly is the first.
        if (!found.isEmpty() && found.getFirst().runId().equals(runId)) {
            found = found.subList(0, 1);
        }
        return found.stream()
                .map(entry ->
                        row(entry).with("result", JsonReader.read(entry.result().getBytes(StandardCharsets.UTF_8))))
                .toList();
    }

    private static JsonObject row(LedgerEntry entry) {
        return JsonObject.of()
                .with("run_id", entry.runId())
                .with("state", JobState.DONE.word())
                .with("verdict", entry.verdict())
                .with("risk_score", entry.riskScore())
                .with("changed_at", entry.finishedAt().toString())
                .with("finished_at", entry.finishedAt().toString())
                .with("duration_ms", entry.durationMillis())
                .with("backend", entry.backend())
                .with("command", entry.command())
                .with("result_digest", entry.resultDigest());
    }
}
