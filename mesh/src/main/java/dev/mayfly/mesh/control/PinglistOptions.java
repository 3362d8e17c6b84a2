package dev.mayfly.mesh.control;

/**
 * How lists are made.
 *
 * @param paths that a fabric is assumed to have between two of its leaves, until more are known
 * @param coverage with which probability the flows between two leaves cross them all
 * @param targets in other leaves that a card probes at least; more where that leaves a pair of leaves without a probe
 * @param torMesh probes a second of each target at the same leaf
 * @param interTor the same in other leaves
 * @param service the same for each flow of a service
 */
public record PinglistOptions(
        int paths, double coverage, int targets, double torMesh, double interTor, double service) {
    private static final double USUAL_SERVICE = 10;

    public static final PinglistOptions USUAL = new PinglistOptions(16, 0.99, 5, 10, 1);

    public PinglistOptions {
        if (paths < 1
                || !(coverage > 0 && coverage < 1)
                || targets < 1
                || !(torMesh > 0)
                || !(interTor > 0)
                || !(service > 0)) {
            throw new IllegalArgumentException("counts and rates above 0, a probability between 0 and 1");
        }
    }

    public PinglistOptions(int paths, double coverage, int targets, double torMesh, double interTor) {
        this(paths, coverage, targets, torMesh, interTor, USUAL_SERVICE);
    }

    /** For so many times the paths. */
    public PinglistOptions times(int factor) {
        return new PinglistOptions(paths * factor, coverage, targets, torMesh, interTor, service);
    }
}
