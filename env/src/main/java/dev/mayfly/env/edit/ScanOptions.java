package dev.mayfly.env.edit;

/**
 * How a folder becomes a layer.
 *
 * @param minimal leave out what is as below already; a touched file makes no difference then
 * @param skipSpecial sockets, pipes and devices are left out and named, instead of refused
 * @param threads that read and hash files
 */
public record ScanOptions(boolean minimal, boolean skipSpecial, int threads) {
    private static final int MOST_THREADS = 64;

    public ScanOptions {
        if (threads < 1 || threads > MOST_THREADS) {
            throw new IllegalArgumentException("threads: " + threads);
        }
    }

    public static ScanOptions plain() {
        return new ScanOptions(
                false, false, Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
    }

    public ScanOptions leavingOutWhatIsSame() {
        return new ScanOptions(true, skipSpecial, threads);
    }

    public ScanOptions skippingSpecialFiles() {
        return new ScanOptions(minimal, true, threads);
    }
}
