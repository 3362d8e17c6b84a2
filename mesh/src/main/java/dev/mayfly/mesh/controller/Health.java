package dev.mayfly.mesh.controller;

import dev.mayfly.mesh.judge.Incident;
import java.util.List;

/**
 * An answer as of now.
 *
 * @param incidents open ones that touch what was asked about
 * @param cards that the answer is about and whose agents are heard; 0 means that nobody knows
 */
public record Health(List<Incident> incidents, int cards) {
    public Health {
        incidents = List.copyOf(incidents);
    }

    public boolean healthy() {
        return incidents.isEmpty() && cards > 0;
    }
}
