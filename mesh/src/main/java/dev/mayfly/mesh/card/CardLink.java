package dev.mayfly.mesh.card;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.transport.Backlog;
import dev.mayfly.mesh.transport.Receiver;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.CardFrame;
import dev.mayfly.mesh.wire.Decoded;
import dev.mayfly.mesh.wire.GlobalHeader;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Route;
import dev.mayfly.platform.verbs.CardClock;
import dev.mayfly.platform.verbs.QueueShape;
import dev.mayfly.platform.verbs.VerbsDevice;
import dev.mayfly.platform.verbs.VerbsQueue;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One queue of a card, from its making to its end: places, what is on its way from them, what arrives. Each work has a number
 * of its own, so that a completion of one that is long gone touches nobody. Belongs to one thread.
 */
final class CardLink implements AutoCloseable {
    private static final int PAYLOAD = Transport.LARGEST_PAYLOAD;
    private static final int PLACE_BITS = 16;
    private static final int PLACES = 1 << PLACE_BITS;
    /** IBV_WC_WR_FLUSH_ERR: the queue is in its error state and gives everything back. */
    private static final int FLUSHED = 5;

    private final VerbsQueue queue;
    private final IpAddress address;
    private final CardOptions options;
    private final Ticker ticker;
    private final AddressHandles handles;
    private final CompletionBatch departures = new CompletionBatch();
    private final CompletionBatch arrivals = new CompletionBatch();
    private final CardFrame frame = new CardFrame();
    private final IpAddress nobody;

    private final int[] free;
    private int freeCount;
    private final int[] inLine;
    private int inLineCount;
    private final Departure[] places;
    private final long[] waiting;
    private long next = 1;

    private boolean stampsOfCard;
    private boolean broken;
    private long odd;

    /** What is in a place, until its completion. */
    private static final class Departure {
        private long work;
        private long token;
        private int bytes;
        private int remoteQp;
        private int remoteKey;
        private long postedNanos;
        private AddressHandles.@Nullable Way way;
    }

    private CardLink(VerbsQueue queue, CardAddress at, IpAddress address, CardOptions options, Ticker ticker) {
        this.queue = queue;
        this.address = address;
        this.options = options;
        this.ticker = ticker;
        this.handles = new AddressHandles(queue, options, at.index());
        this.stampsOfCard = queue.clock() != CardClock.NONE;
        nobody = new IpAddress(address.family(), 0, 0);
        free = new int[options.sends()];
        inLine = new int[options.sends()];
        places = new Departure[options.sends()];
        for (int i = 0; i < options.sends(); i++) {
            free[freeCount++] = i;
            places[i] = new Departure();
        }
        waiting = new long[options.receives()];
        for (int i = 0; i < options.receives(); i++) {
            handOver(i);
        }
        queue.arm();
    }

    /** @throws dev.mayfly.base.error.MayflyException {@code LISTEN_FAILED} when the card does not give a queue */
    static CardLink open(
            VerbsDevice device,
            CardAddress at,
            IpAddress address,
            CardOptions options,
            boolean cardStamps,
            Ticker ticker) {
        QueueShape shape =
                new QueueShape(at.port(), options.queueKey(), options.sends(), options.receives(), PAYLOAD, cardStamps);
        VerbsQueue queue = VerbsQueue.open(device, shape);
        try {
            return new CardLink(queue, at, address, options, ticker);
        } catch (RuntimeException e) {
            queue.close();
            throw e;
        }
    }

    int queuePair() {
        return queue.number();
    }

    /** Whether all its stamps are the card's; once one was missing they are the program's. */
    boolean stampsOfCard() {
        return stampsOfCard;
    }

    /** Whether the queue gives everything back and must be made anew. */
    boolean broken() {
        return broken;
    }

    /** Completions that fit nothing that was handed over. */
    long odd() {
        return odd;
    }

    int ways() {
        return handles.size();
    }

    void renewWays(int sourceIndex) {
        handles.renew(sourceIndex);
    }

    /** Puts a frame in line; what has no place, because as many are on their way as may be, fails. */
    void send(Route route, ByteBuffer payload, int from, int length, long token, Backlog backlog) {
        if (freeCount == 0) {
            flush(backlog);
            reap(backlog);
        }
        if (freeCount == 0) {
            backlog.sendFailed(token);
            return;
        }
        Optional<AddressHandles.Way> way = handles.use(route.target(), route.sourcePort(), ticker.nanos());
        if (way.isEmpty()) {
            backlog.sendFailed(token);
            return;
        }
        int place = free[--freeCount];
        Departure departure = places[place];
        departure.token = token;
        departure.bytes = length;
        departure.remoteQp = route.targetQp();
        departure.remoteKey = route.queueKey();
        departure.way = way.get();
        queue.buffer().put(queue.sendAt(place), payload, from, length);
        inLine[inLineCount++] = place;
    }

    void flush(Backlog backlog) {
        for (int i = 0; i < inLineCount; i++) {
            int place = inLine[i];
            Departure departure = places[place];
            departure.work = number(place);
            departure.postedNanos = ticker.nanos();
            AddressHandles.Way way = departure.way;
            boolean taken = way != null
                    && queue.send(
                            place,
                            departure.bytes,
                            departure.work,
                            way.handle(),
                            departure.remoteQp,
                            departure.remoteKey);
            if (!taken) {
                backlog.sendFailed(departure.token);
                clear(place);
            }
        }
        inLineCount = 0;
    }

    private long number(int place) {
        return next++ << PLACE_BITS | place;
    }

    private void clear(int place) {
        Departure departure = places[place];
        if (departure.way != null) {
            handles.release(departure.way);
        }
        departure.way = null;
        departure.work = 0;
        free[freeCount++] = place;
    }

    /** Takes note of what has left. */
    void reap(Backlog backlog) {
        do {
            departures.count = 0;
            queue.pollSent(departures);
            for (int i = 0; i < departures.count; i++) {
                left(departures.works[i], departures.statuses[i], departures.stamps[i], backlog);
            }
        } while (departures.count > 0);
    }

    private void left(long work, int status, long stamp, Backlog backlog) {
        int place = (int) (work & PLACES - 1);
        if (place >= places.length || work == 0 || places[place].work != work) {
            odd++;
            return;
        }
        Departure departure = places[place];
        if (status != 0) {
            broken = true;
            backlog.sendFailed(departure.token);
        } else {
            // Without the card's the stamp is that of before it was handed over: the time in the card counts as the
            // network's.
            backlog.sent(departure.token, stampsOfCard && checked(stamp) ? stamp : departure.postedNanos);
        }
        clear(place);
    }

    /** A card that was asked for stamps and makes none would have two clocks mixed: from then on all are the program's. */
    private boolean checked(long stamp) {
        if (stamp == 0) {
            stampsOfCard = false;
        }
        return stamp != 0;
    }

    /** Tells what arrived. */
    int drain(Receiver receiver) {
        int told = 0;
        do {
            arrivals.count = 0;
            queue.pollReceived(arrivals);
            long now = ticker.nanos();
            for (int i = 0; i < arrivals.count; i++) {
                told += arrived(i, now, receiver);
            }
        } while (arrivals.count > 0 && told < waiting.length);
        return told;
    }

    private int arrived(int i, long now, Receiver receiver) {
        long work = arrivals.works[i];
        int place = (int) (work & PLACES - 1);
        if (place >= waiting.length || work == 0 || waiting[place] != work) {
            odd++;
            return 0;
        }
        waiting[place] = 0;
        if (arrivals.statuses[i] != 0) {
            broken |= arrivals.statuses[i] == FLUSHED;
            odd++;
        } else {
            long stamp = arrivals.stamps[i];
            tell(
                    place,
                    arrivals.bytes[i],
                    arrivals.headers[i],
                    arrivals.sources[i],
                    stampsOfCard && checked(stamp) ? stamp : now,
                    receiver);
        }
        if (!broken) {
            handOver(place);
        }
        return 1;
    }

    private void tell(int place, int bytes, boolean header, int sourceQp, long stamp, Receiver receiver) {
        int at = queue.receiveAt(place);
        if (bytes < GlobalHeader.BYTES || bytes > GlobalHeader.BYTES + PAYLOAD) {
            receiver.rejected(
                    nobody, bytes < GlobalHeader.BYTES ? Decoded.Rejected.TOO_SHORT : Decoded.Rejected.TOO_LONG);
            return;
        }
        GlobalHeader from = header ? GlobalHeader.read(queue.buffer(), at) : null;
        if (from == null) {
            receiver.rejected(nobody, Decoded.Rejected.NOT_IP);
            return;
        }
        if (!from.target().equals(address)) {
            receiver.rejected(from.source(), Decoded.Rejected.OTHER_ADDRESS);
            return;
        }
        int payloadAt = at + GlobalHeader.BYTES;
        receiver.arrived(
                from.source(),
                from.sourcePort(),
                frame.view(
                        queue.buffer(),
                        payloadAt,
                        bytes - GlobalHeader.BYTES,
                        queue.number(),
                        sourceQp,
                        options.queueKey()),
                stamp);
    }

    private void handOver(int place) {
        waiting[place] = number(place);
        if (!queue.receive(place, waiting[place])) {
            broken = true;
        }
    }

    void arm() {
        queue.arm();
    }

    void await(long nanos) {
        queue.await(nanos);
    }

    /** What was in line or on its way has failed, as far as anybody can know. */
    void fail(Backlog backlog) {
        for (int place = 0; place < places.length; place++) {
            if (places[place].way != null) {
                backlog.sendFailed(places[place].token);
                clear(place);
            }
        }
        inLineCount = 0;
    }

    @Override
    public void close() {
        queue.stop();
        for (int place = 0; place < places.length; place++) {
            if (places[place].way != null) {
                clear(place);
            }
        }
        handles.renew(0);
        queue.close();
    }
}
