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

    static ControlOptions standard() {
        return new ControlOptions(5_000, 50_000, 2_100, 0, 20);
    }

    ControlOptions quick() {
        return new ControlOptions(50, 200, 500, connections, 2);
    }

    ControlOptions with(String name, String value) {
        int least = name.equals("--connections") ? 0 : name.equals("--runners") ? 4 : 1;
        int number = FleetOptions.number(name, value, least, MOST);
        return switch (name) {
            case "--agents" -> new ControlOptions(number, runners, rate, connections, idle);
            case "--runners" -> new ControlOptions(agents, number, rate, connections, idle);
            case "--rate" -> new ControlOptions(agents, runners, number, connections, idle);
            case "--connections" -> new ControlOptions(agents, runners, rate, number, idle);
            case "--idle" -> new ControlOptions(agents, runners, rate, connections, number);
            default -> throw BenchOptions.usage("there is no option " + name);
        };
    }
}
