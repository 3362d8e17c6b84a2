package dev.mayfly.e2e.faults;

import java.time.Duration;

/**
 * How large a campaign is. The default is short; {@code ./verify -Pfaults} runs the whole one.
 *
 * @param jobs to publish, duplicates not counted
 * @param kills how often a process is ended by SIGKILL
 * @param seed of everything that is left to chance
 * @param within how long all of it may take
 */
record Plan(int jobs, int kills, long seed, Duration within) {
    static Plan configured() {
        return new Plan(
                Integer.getInteger("mayfly.faults.jobs", 300),
                Integer.getInteger("mayfly.faults.kills", 8),
                Long.getLong("mayfly.faults.seed", 20_260_721L),
                Duration.ofSeconds(Integer.getInteger("mayfly.faults.seconds", 240)));
    }
}
