package dev.mayfly.mesh.probe;

/**
 * Names a probe on the wire: which start of the prober, and a count. An answer to an earlier start is recognised by it.
 *
 * @param bits epoch in the upper half, count in the lower
 */
public record ProbeNumber(long bits) {
    static ProbeNumber of(int epoch, int count) {
        return new ProbeNumber((long) epoch << 32 | Integer.toUnsignedLong(count));
    }

    int epoch() {
        return (int) (bits >>> 32);
    }

    int count() {
        return (int) bits;
    }

    @Override
    public String toString() {
        return Integer.toHexString(epoch()) + "-" + Integer.toUnsignedString(count());
    }
}
