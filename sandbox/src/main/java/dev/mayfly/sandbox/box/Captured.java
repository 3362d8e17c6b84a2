package dev.mayfly.sandbox.box;

/**
 * What was kept of an output stream.
 *
 * @param head first bytes; the whole stream when {@code total} is their length
 * @param tail last bytes, not overlapping the head; empty when nothing was dropped
 * @param total bytes the command wrote
 */
@SuppressWarnings("ArrayRecordComponent") // bytes of up to megabytes, compared by nobody
public record Captured(byte[] head, byte[] tail, long total) {
    public boolean truncated() {
        return total > head.length + (long) tail.length;
    }
}
