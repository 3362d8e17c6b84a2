package dev.mayfly.mesh.control;

/**
 * How many flows it takes to cross every one of so many equal paths: R-Pingmesh's equation (1), the coupon collector. It
 * assumes that switches spread flows evenly and independently.
 */
public final class LabelCount {
    private static final int MOST_PATHS = 1024;
    private static final int MOST_FLOWS = 1 << 20;

    private LabelCount() {}

    /** The fewest flows that cross all paths with at least this probability. */
    public static int needed(int paths, double probability) {
        if (paths < 1 || paths > MOST_PATHS || !(probability > 0 && probability < 1)) {
            throw new IllegalArgumentException(paths + " paths with probability " + probability);
        }
        double[] crossed = start(paths);
        for (int flows = 1; flows < MOST_FLOWS; flows++) {
            step(crossed);
            if (crossed[paths] >= probability) {
                return flows;
            }
        }
        throw new IllegalArgumentException("a probability that close to 1 takes more flows than a card has ports");
    }

    /** That so many flows cross all paths. */
    public static double probability(int paths, int flows) {
        double[] crossed = start(paths);
        for (int i = 0; i < flows; i++) {
            step(crossed);
        }
        return crossed[paths];
    }

    private static double[] start(int paths) {
        double[] crossed = new double[paths + 1];
        crossed[0] = 1;
        return crossed;
    }

    /** One flow more; [j] is how likely exactly j paths are crossed. The sum of the equation itself loses all digits. */
    private static void step(double[] crossed) {
        int paths = crossed.length - 1;
        for (int j = paths; j > 0; j--) {
            crossed[j] = crossed[j] * j / paths + crossed[j - 1] * (paths - j + 1) / paths;
        }
        crossed[0] = 0;
    }
}
