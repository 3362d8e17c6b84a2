package dev.mayfly.mesh.eval;

import java.util.ArrayList;
import java.util.List;

/** How one localizer did on one kind of fault. */
public final class Score {
    private long faults;
    private long found;
    private long firstRight;
    private long alone;
    private long wrong;
    private final List<Integer> seconds = new ArrayList<>();

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

    void foundAfter(int second) {
        seconds.add(second);
    }

    void add(Score other) {
        faults += other.faults;
        found += other.found;
        firstRight += other.firstRight;
        alone += other.alone;
        wrong += other.wrong;
        seconds.addAll(other.seconds);
    }

    public long faults() {
        return faults;
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

    /** Seconds from the beginning of a fault until it was first named, the value below which this share lies; 0 for none. */
    public int secondsTo(double share) {
        List<Integer> sorted = seconds.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.max(0, Math.ceil(share * sorted.size()) - 1));
    }
}
