package dev.mayfly.mesh.analyze;

/** How much better "it loses this share" explains what was seen than "it loses what sound things lose", as logarithms. */
public final class Likelihood {
    /** What a sound network loses. */
    static final double USUAL_LOSS = 1e-5;
    /** Fewer than one false alarm a month over 10^5 links with ten probes a second each. */
    static final double ALARM = 28.6;

    /** What one lost probe adds at most: that of a component that lost all. */
    static final double MOST_OF_ONE = -Math.log(USUAL_LOSS);

    private Likelihood() {}

    /** The share of loss being the one seen. */
    static double score(long lost, long crossed) {
        if (lost == 0) {
            return 0;
        }
        double share = (double) lost / Math.max(lost, crossed);
        return share <= USUAL_LOSS ? 0 : score(lost, crossed, share);
    }

    /** Of a share that is given; below zero when a sound component is the better explanation. */
    static double score(long lost, long crossed, double share) {
        double forLost = lost == 0 ? 0 : lost * Math.log(share / USUAL_LOSS);
        long kept = crossed - lost;
        if (kept <= 0) {
            return forLost;
        }
        // A component that loses everything cannot have let one through.
        double bounded = Math.min(share, 1 - USUAL_LOSS);
        return forLost + kept * (Math.log1p(-bounded) - Math.log1p(-USUAL_LOSS));
    }

    /**
     * How many probes it takes on average until a component with this share of loss is above the line of alarm, when nothing
     * else is lost: no rule with as few false alarms can do with less (Wald: Sequential Analysis, 1947).
     */
    public static double probesNeeded(double loss) {
        double each = loss * Math.log(loss / USUAL_LOSS);
        if (loss < 1) {
            each += (1 - loss) * (Math.log1p(-loss) - Math.log1p(-USUAL_LOSS));
        }
        return Math.ceil(ALARM / each);
    }
}
