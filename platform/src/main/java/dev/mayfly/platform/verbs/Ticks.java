package dev.mayfly.platform.verbs;

/** Makes nanoseconds of a card's counter, which may be narrower than 64 bits and then begins anew. Belongs to one thread. */
final class Ticks {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final int bits;
    private final long perMilli;
    private long last;
    private boolean begun;

    /**
     * @param mask which bits count, from the lowest on
     * @param kilohertz above 0
     */
    Ticks(long mask, long kilohertz) {
        bits = mask == 0 ? Long.SIZE : Long.bitCount(mask);
        perMilli = kilohertz;
    }

    /** @param counter of a completion; those of two queues come a little out of order */
    long nanos(long counter) {
        if (begun) {
            int unused = Long.SIZE - bits;
            // The nearest to the last one that ends in these bits.
            last += (counter - last) << unused >> unused;
        } else {
            begun = true;
            last = counter;
        }
        return last / perMilli * NANOS_PER_MILLI + last % perMilli * NANOS_PER_MILLI / perMilli;
    }
}
