package dev.mayfly.env.fuse;

/**
 * What reached the server since it began. What the kernel answered out of its own caches is not seen here, which is most of
 * it: a view that is warm makes no traffic at all. So these are misses, and no hit rate follows from them.
 *
 * @param lookups names
 * @param attributes of nodes
 * @param listings pieces of directories
 * @param reads of files
 * @param readBytes handed to the kernel by those reads
 * @param others openings, links, statistics, everything else that was answered
 * @param errors answers that were failures; a name that does not exist is none
 */
public record FuseTraffic(
        long lookups, long attributes, long listings, long reads, long readBytes, long others, long errors) {
    static FuseTraffic of(Iterable<Counters> threads) {
        long[] sum = new long[7];
        for (Counters each : threads) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += each.get(i);
            }
        }
        return new FuseTraffic(
                sum[Counters.LOOKUPS],
                sum[Counters.ATTRIBUTES],
                sum[Counters.LISTINGS],
                sum[Counters.READS],
                sum[Counters.READ_BYTES],
                sum[Counters.OTHERS],
                sum[Counters.ERRORS]);
    }
}
