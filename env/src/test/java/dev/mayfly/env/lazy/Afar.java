package dev.mayfly.env.lazy;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Contents of another machine. What they do on their way, and whether they can be had, is said by the test. */
final class Afar implements Payloads {
    private final Map<Digest, byte[]> contents = new ConcurrentHashMap<>();
    private final List<Digest> opened = new CopyOnWriteArrayList<>();
    private volatile UnaryOperator<InputStream> way = stream -> stream;
    private volatile Optional<RuntimeException> gone = Optional.empty();

    Digest put(byte[] content) {
        Digest digest = Digest.of(content);
        contents.put(digest, content);
        return digest;
    }

    /** Says something else of a digest from now on. */
    void replace(Digest digest, byte[] content) {
        contents.put(digest, content);
    }

    void remove(Digest digest) {
        contents.remove(digest);
    }

    byte[] content(Digest digest) {
        return contents.get(digest);
    }

    void way(UnaryOperator<InputStream> newWay) {
        way = newWay;
    }

    void gone(RuntimeException why) {
        gone = Optional.of(why);
    }

    void back() {
        gone = Optional.empty();
    }

    /** In the order in which they were asked for. */
    List<Digest> opened() {
        return List.copyOf(opened);
    }

    /** At most so many bytes at once, with a pause after each. */
    static UnaryOperator<InputStream> slowly(int bytes, long pauseMillis) {
        return stream -> new FilterInputStream(stream) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                try {
                    Thread.sleep(pauseMillis);
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                return super.read(into, offset, Math.min(length, bytes));
            }
        };
    }

    @Override
    public Optional<Payload> find(Digest digest) {
        gone.ifPresent(why -> {
            throw why;
        });
        return Optional.ofNullable(contents.get(digest)).map(content -> new Payload() {
            @Override
            public long size() {
                return content.length;
            }

            @Override
            public InputStream open() {
                opened.add(digest);
                return way.apply(new ByteArrayInputStream(content));
            }

            @Override
            public Optional<FileRange> range() {
                return Optional.empty();
            }
        });
    }

    @Override
    public boolean has(Digest digest) {
        return contents.containsKey(digest);
    }

    @Override
    public void each(Consumer<Digest> found) {
        contents.keySet().forEach(found);
    }
}
