package dev.mayfly.mesh.analyze;

import dev.mayfly.mesh.topology.Fabric;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * The probe that says most about which of several components it is: one that crosses about half of them. When it is lost
 * again and again it is one of those, else one of the others.
 *
 * @param from the card to probe from
 * @param crossing how many of the candidates it crosses
 */
public record SplittingProbe(int from, int to, int sourcePort, int crossing) {
    private static final int TRIES = 20_000;
    private static final int FIRST_PORT = 0xC000;
    private static final int PORTS = 0x4000;

    /**
     * Looks for one among random probes of the fabric, so that it is found wherever enough of them are.
     *
     * @return empty when every probe that was tried crosses all of them or none: they cannot be told apart by probes
     */
    public static Optional<SplittingProbe> of(Fabric fabric, Set<Integer> candidates, Random random) {
        int[] path = new int[Fabric.LONGEST_PATH];
        int half = candidates.size() / 2;
        SplittingProbe best = null;
        for (int i = 0; i < TRIES && fabric.cards() > 1 && half > 0; i++) {
            int from = random.nextInt(fabric.cards());
            int to = (from + 1 + random.nextInt(fabric.cards() - 1)) % fabric.cards();
            int port = FIRST_PORT + random.nextInt(PORTS);
            int crossing = crossing(fabric.roundTrip(from, to, port, path), path, candidates);
            boolean splits = crossing > 0 && crossing < candidates.size();
            if (splits && (best == null || Math.abs(crossing - half) < Math.abs(best.crossing() - half))) {
                best = new SplittingProbe(from, to, port, crossing);
                if (crossing == half) {
                    break;
                }
            }
        }
        return Optional.ofNullable(best);
    }

    private static int crossing(int count, int[] path, Set<Integer> candidates) {
        int crossing = 0;
        for (int i = 0; i < count; i++) {
            crossing += candidates.contains(path[i]) ? 1 : 0;
        }
        return crossing;
    }
}
