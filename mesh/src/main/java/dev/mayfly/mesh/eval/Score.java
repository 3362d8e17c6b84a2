package dev.mayfly.mesh.eval;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/** How one localizer did on one kind of fault. */
public final class Score {
    private long faults;
    private long found;
    private long firstRight;
    private long alone;
    private long wrong;
    private long wrongMeanwhile;
    private final List<Integer> seconds = new ArrayList<>();
    private final List<Double> needed = new ArrayList<>();

    void fault(boolean wasFound) {
        faults++;
        found += wasFound ? 1 : 0;
    }

    /** A scenario with this fault only: whether the surest finding was it. */
    void first(boolean right) {
        alone++;
        firstRight += right ? 1 : 0;
    }

    void wrong(long findings) {
        wrong += findings;
    }

    void wrongMeanwhile(long findings) {
        wrongMeanwhile += findings;
    }

    void foundAfter(int second) {
        seconds.add(second);
    }

    void needed(double secondsNeeded) {
        needed.add(secondsNeeded);
    }

    void add(Score other) {
        faults += other.faults;
        found += other.found;
        firstRight += other.firstRight;
        alone += other.alone;
        wrong += other.wrong;
        wrongMeanwhile += other.wrongMeanwhile;
        seconds.addAll(other.seconds);
        needed.addAll(other.needed);
    }

    public long faults() {
        return faults;
    }

    /** Seeds that had this fault and no other. */
    public long alone() {
        return alone;
    }

    public double recall() {
        return faults == 0 ? 1 : (double) found / faults;
    }

    public double firstRight() {
        return alone == 0 ? 1 : (double) firstRight / alone;
    }

    /** Of what was blamed on the network, how much was right; a fault counts once however many of its parts are named. */
    public double precision() {
        return found + wrong == 0 ? 1 : (double) found / (found + wrong);
    }

    public long wrong() {
        return wrong;
    }

    /** Sound components that ours blamed between the ends of windows only, where the others say nothing. */
    public long wrongMeanwhile() {
        return wrongMeanwhile;
    }

    /** Seconds from the beginning of a fault until it was first named, the value below which this share lies; 0 for none. */
    public int secondsTo(double share) {
        List<Integer> sorted = seconds.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.max(0, Math.ceil(share * sorted.size()) - 1));
    }

    /** The middle of what no rule can do with less; empty when there were no faults that a probe crossed. */
    public OptionalDouble secondsNeeded() {
        List<Double> sorted =
                needed.stream().filter(each -> each < 1e9).sorted().toList();
        return sorted.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(sorted.get(sorted.size() / 2));
    }
}
