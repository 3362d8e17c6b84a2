package dev.mayfly.platform.verbs;

/** Is told what became of work that was handed to a card. */
@FunctionalInterface
public interface Completions {
    /**
     * Nothing but {@code work} and {@code status} means something unless the status is 0.
     *
     * @param work the number that was given to it
     * @param status 0 when it was done (enum ibv_wc_status)
     * @param bytes that arrived, the 40 of the header included
     * @param sourceQp that sent them
     * @param header whether the first 40 bytes are a header
     * @param stamp of the card, in nanoseconds; 0 when it made none
     */
    void completed(long work, int status, int bytes, int sourceQp, boolean header, long stamp);
}
