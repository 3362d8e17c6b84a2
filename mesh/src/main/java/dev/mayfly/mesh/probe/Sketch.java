package dev.mayfly.mesh.probe;

/**
 * How a length of time is distributed, with a relative error of at most one per cent at any quantile. Two can be added.
 * Buckets grow by the factor 1.01/0.99, each stands for its middle (DDSketch, VLDB 2019). From 1 ns to ten seconds there
 * are 1,153, of which only the stretch in use is kept.
 */
public final class Sketch {
    private static final double ERROR = 0.01;
    private static final double LOG_OF_FACTOR = Math.log((1 + ERROR) / (1 - ERROR));
    private static final double MIDDLE = 1 - ERROR;
    private static final int BUCKETS = 1 + (int) Math.ceil(Math.log((double) Stamps.LONGEST_NANOS) / LOG_OF_FACTOR);

    private long[] buckets = {};
    private int first;
    private long count;
    private long most;

    /** @param nanos 0 counts as 1; more than {@link Stamps#LONGEST_NANOS} as that */
    public void add(long nanos) {
        long bounded = Math.clamp(nanos, 1, Stamps.LONGEST_NANOS);
        int bucket = (int) Math.ceil(Math.log((double) bounded) / LOG_OF_FACTOR);
        cover(bucket, bucket);
        buckets[bucket - first]++;
        count++;
        most = Math.max(most, bounded);
    }

    public void add(Sketch other) {
        if (other.count == 0) {
            return;
        }
        cover(other.first, other.first + other.buckets.length - 1);
        for (int i = 0; i < other.buckets.length; i++) {
            buckets[other.first + i - first] += other.buckets[i];
        }
        count += other.count;
        most = Math.max(most, other.most);
    }

    /**
     * One that came from elsewhere.
     *
     * @param first the bucket that the first count is of
     * @throws IllegalArgumentException when no sketch has such buckets
     */
    public static Sketch of(int first, long[] buckets, long most) {
        if (first < 0 || first + (long) buckets.length > BUCKETS || most < 0 || most > Stamps.LONGEST_NANOS) {
            throw new IllegalArgumentException("buckets " + first + " and " + buckets.length + " more");
        }
        Sketch made = new Sketch();
        made.first = first;
        made.buckets = buckets.clone();
        made.most = most;
        for (long each : buckets) {
            if (each < 0 || each > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("a bucket with " + each);
            }
            made.count += each;
        }
        return made;
    }

    /** Which bucket the first of {@link #buckets} is. */
    public int first() {
        return first;
    }

    public long[] buckets() {
        return buckets.clone();
    }

    public long count() {
        return count;
    }

    public long most() {
        return most;
    }

    /** The value below or at which this share lies, by nearest rank; 0 when nothing was added. */
    public long quantile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * count));
        for (int i = 0; i < buckets.length; i++) {
            rank -= buckets[i];
            if (rank <= 0) {
                return Math.min(most, Math.round(Math.exp((first + i) * LOG_OF_FACTOR) * MIDDLE));
            }
        }
        return 0;
    }

    /** How many are at most this long, within the error of a bucket. */
    public long countUpTo(long nanos) {
        long sum = 0;
        for (int i = 0; i < buckets.length && Math.exp((first + i) * LOG_OF_FACTOR) * MIDDLE <= nanos; i++) {
            sum += buckets[i];
        }
        return sum;
    }

    /** All together, within the error of a bucket. */
    public double sum() {
        double sum = 0;
        for (int i = 0; i < buckets.length; i++) {
            sum += buckets[i] * Math.exp((first + i) * LOG_OF_FACTOR) * MIDDLE;
        }
        return sum;
    }

    private void cover(int from, int to) {
        if (buckets.length == 0) {
            first = from;
            buckets = new long[to - from + 1];
            return;
        }
        int last = first + buckets.length - 1;
        if (from >= first && to <= last) {
            return;
        }
        int newFirst = Math.min(from, first);
        long[] wider = new long[Math.max(to, last) - newFirst + 1];
        System.arraycopy(buckets, 0, wider, first - newFirst, buckets.length);
        buckets = wider;
        first = newFirst;
    }
}
