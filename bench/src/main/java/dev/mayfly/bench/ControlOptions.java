package dev.mayfly.bench;

/**
 * How much of a fleet's control plane {@code bench fleet} measures.
 *
 * @param agents that are played
 * @param runners that stand in the end
 * @param rate of wishes, each second
 * @param connections that all agents share; 0 gives each one of its own, as real ones have
 * @param idle seconds in which nothing happens
 */
record ControlOptions(int agents, int runners, int rate, int connections, int idle) {
    private static final int MOST = 1_000_000;

    /** So that some are left of each share of them. */
    private static final int LEAST_RUNNERS = 4;

    static ControlOptions standard() {
        return new ControlOptions(5_000, 50_000, 2_100, 0, 20);
    }

    static ControlOptions few() {
        return new ControlOptions(50, 200, 500, 0, 2);
    }

    static ControlOptions of(BenchWords words, ControlOptions usual) {
        return new ControlOptions(
                words.number("--agents", 1, MOST, usual.agents),
                words.number("--runners", LEAST_RUNNERS, MOST, usual.runners),
                words.number("--rate", 1, MOST, usual.rate),
                words.number("--connections", 0, MOST, usual.connections),
                words.number("--idle", 1, MOST, usual.idle));
    }
}
