package dev.mayfly.mesh.card;

import dev.mayfly.mesh.wire.FlowLabel;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.verbs.AddressHandle;
import dev.mayfly.platform.verbs.AddressWords;
import dev.mayfly.platform.verbs.VerbsQueue;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ways to other cards, kept, because making one asks the kernel, which may have to ask the network. One is made anew after a
 * minute, since it holds the other's Ethernet address; one that could not be made is not tried again for a second. One is
 * given back to the card when nothing is on its way with it. Belongs to one thread.
 */
final class AddressHandles {
    static final int MOST = 4096;

    private static final long FRESH_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long SORRY_NANOS = Duration.ofSeconds(1).toNanos();

    private final VerbsQueue queue;
    private final CardOptions options;
    private int sourceIndex;
    private final Map<Key, Way> ways = new LinkedHashMap<>(16, 0.75f, true);

    private record Key(IpAddress target, int port) {}

    /** A way; while it is used, and until it is replaced, it is kept. */
    static final class Way {
        private final @Nullable AddressHandle handle;
        private final long madeNanos;
        private int users;
        private boolean replaced;

        Way(@Nullable AddressHandle handle, long madeNanos) {
            this.handle = handle;
            this.madeNanos = madeNanos;
        }

        /** Only of one that was handed out. */
        AddressHandle handle() {
            if (handle == null) {
                throw new IllegalStateException("there is no way");
            }
            return handle;
        }
    }

    AddressHandles(VerbsQueue queue, CardOptions options, int sourceIndex) {
        this.queue = queue;
        this.options = options;
        this.sourceIndex = sourceIndex;
    }

    /** Empty when there is none at the moment. Else it must be released. */
    Optional<Way> use(IpAddress target, int sourcePort, long nowNanos) {
        Key key = new Key(target, sourcePort);
        Way known = ways.get(key);
        long lasts = known == null || known.handle == null ? SORRY_NANOS : FRESH_NANOS;
        if (known == null || nowNanos - known.madeNanos > lasts) {
            if (known != null) {
                replace(known);
            }
            known = new Way(make(target, sourcePort).orElse(null), nowNanos);
            ways.put(key, known);
            if (ways.size() > MOST) {
                var oldest = ways.entrySet().iterator();
                replace(oldest.next().getValue());
                oldest.remove();
            }
        }
        if (known.handle == null) {
            return Optional.empty();
        }
        known.users++;
        return Optional.of(known);
    }

    private Optional<AddressHandle> make(IpAddress target, int sourcePort) {
        return queue.address(new AddressWords(
                CardAddress.high(target),
                CardAddress.low(target),
                FlowLabel.ofSourcePort(sourcePort).bits(),
                sourceIndex,
                options.hops(),
                options.trafficClass()));
    }

    void release(Way way) {
        way.users--;
        giveBack(way);
    }

    private void replace(Way way) {
        way.replaced = true;
        giveBack(way);
    }

    private void giveBack(Way way) {
        if (way.replaced && way.users == 0 && way.handle != null) {
            queue.forget(way.handle);
        }
    }

    /** Makes all of them anew, from another place in the table of addresses. */
    void renew(int newSourceIndex) {
        sourceIndex = newSourceIndex;
        ways.values().forEach(this::replace);
        ways.clear();
    }

    int size() {
        return ways.size();
    }
}
