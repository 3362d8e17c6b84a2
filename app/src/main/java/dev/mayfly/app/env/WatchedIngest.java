package dev.mayfly.app.env;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicLong;

/** An ingest that says how it goes, and that ends soon when it is told to, in whichever thread it is used. */
final class WatchedIngest implements Ingest {
    private final Ingest ingest;
    private final Progress progress;
    private final AtomicLong files = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private volatile boolean stopped;

    WatchedIngest(Ingest ingest, Progress progress) {
        this.ingest = ingest;
        this.progress = progress;
    }

    /** Whoever adds to it from now on fails. */
    void stop() {
        stopped = true;
    }

    private void go() {
        if (stopped) {
            throw new MayflyException(
                    ErrorCode.SERVICE_BUSY, "nothing was committed", "it was interrupted", "start it again");
        }
    }

    @Override
    public boolean keepsPayload(Digest payload) {
        go();
        return ingest.keepsPayload(payload);
    }

    @Override
    public boolean keepsObject(Digest object) {
        go();
        return ingest.keepsObject(object);
    }

    @Override
    public Written payload(InputStream content) throws IOException {
        go();
        Written written = ingest.payload(new Watched(content));
        files.incrementAndGet();
        return written;
    }

    @Override
    public void payload(Digest expected, InputStream content) throws IOException {
        go();
        ingest.payload(expected, new Watched(content));
        files.incrementAndGet();
    }

    @Override
    public void replacePayload(Digest expected, InputStream content) throws IOException {
        go();
        ingest.replacePayload(expected, new Watched(content));
        files.incrementAndGet();
    }

    @Override
    public void replaceObject(Encoded object) {
        go();
        ingest.replaceObject(object);
    }

    @Override
    public Digest object(EnvObject object) {
        go();
        return ingest.object(object);
    }

    @Override
    public void object(Encoded object) {
        go();
        ingest.object(object);
    }

    /** The last moment at which it can be given up. */
    @Override
    public void publish() {
        go();
        ingest.publish();
    }

    @Override
    public void close() {
        ingest.close();
    }

    /** Counts what is read, so that also a large file shows that it goes on. */
    private final class Watched extends FilterInputStream {
        Watched(InputStream content) {
            super(content);
        }

        @Override
        public int read() throws IOException {
            int one = in.read();
            count(one < 0 ? 0 : 1);
            return one;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int count = in.read(into, offset, length);
            count(Math.max(0, count));
            return count;
        }

        private void count(int more) {
            go();
            progress.at(new Progress.At(files.get(), 0, bytes.addAndGet(more), 0));
        }
    }
}
