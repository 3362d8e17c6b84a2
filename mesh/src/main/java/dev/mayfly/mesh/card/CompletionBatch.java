package dev.mayfly.mesh.card;

import dev.mayfly.platform.verbs.Completions;

/**
 * Completions of one look, kept until the card's queue is let go: who is told of them may use the card again. Belongs to one
 * thread.
 */
final class CompletionBatch implements Completions {
    private static final int MOST = 64;

    final long[] works = new long[MOST];
    final int[] statuses = new int[MOST];
    final int[] bytes = new int[MOST];
    final int[] sources = new int[MOST];
    final boolean[] headers = new boolean[MOST];
    final long[] stamps = new long[MOST];
    int count;

    @Override
    public void completed(long work, int status, int arrived, int sourceQp, boolean header, long stamp) {
        works[count] = work;
        statuses[count] = status;
        bytes[count] = arrived;
        sources[count] = sourceQp;
        headers[count] = header;
        stamps[count++] = stamp;
    }
}
