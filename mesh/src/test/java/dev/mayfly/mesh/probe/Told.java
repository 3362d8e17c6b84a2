package dev.mayfly.mesh.probe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps what a table tells. */
final class Told implements OutcomeSink {
    final List<ProbeOutcome> settled = new ArrayList<>();
    final List<ProbeOutcome> revised = new ArrayList<>();
    final Map<ProbeNumber, ProbeOutcome> last = new HashMap<>();
    int forgotten;

    @Override
    public void settled(ProbeOutcome outcome) {
        settled.add(outcome);
        if (last.put(outcome.number(), outcome) != null) {
            throw new AssertionError("settled twice: " + outcome);
        }
    }

    @Override
    public void revised(ProbeOutcome before, ProbeOutcome now) {
        revised.add(now);
        if (last.put(now.number(), now) != before) {
            throw new AssertionError("revised from what it was not: " + before);
        }
    }

    @Override
    public void forgotten(int target, long startedNanos) {
        forgotten++;
    }
}
