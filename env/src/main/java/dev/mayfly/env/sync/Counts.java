package dev.mayfly.env.sync;

/** Counts of one copy in the making; tells the listener. */
final class Counts {
    private final CopyListener listener;
    private long objectsFound;
    private long objectsCopied;
    private long payloadsFound;
    private long payloadsCopied;
    private long payloadsThere;
    private long bytes;
    private long bytesFound;

    Counts(CopyListener listener) {
        this.listener = listener;
    }

    synchronized void objectFound() {
        objectsFound++;
        tell();
    }

    synchronized void objectCopied() {
        objectsCopied++;
        tell();
    }

    /** Told with the object that names it, because manifests name very many. */
    synchronized void payloadFound(long size) {
        payloadsFound++;
        bytesFound += Math.max(0, size);
    }

    synchronized void payloadCopied(long size) {
        payloadsCopied++;
        bytes += size;
        tell();
    }

    synchronized void payloadThere() {
        payloadsThere++;
        tell();
    }

    synchronized CopyProgress now() {
        return new CopyProgress(
                objectsFound, objectsCopied, payloadsFound, payloadsCopied, payloadsThere, bytes, bytesFound);
    }

    private void tell() {
        listener.at(now());
    }
}
