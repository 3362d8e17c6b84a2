package dev.mayfly.env.sync;

/**
 * How far a copy is. Totals grow while the graph is being read.
 *
 * @param objectsFound objects that the destination needs
 * @param payloadsFound contents of files that are named by them
 * @param payloadsThere of these, how many the destination has already
 * @param bytes copied so far, of payloads
 * @param bytesFound bytes of all payloads that are named, as far as objects say their sizes
 */
public record CopyProgress(
        long objectsFound,
        long objectsCopied,
        long payloadsFound,
        long payloadsCopied,
        long payloadsThere,
        long bytes,
        long bytesFound) {}
