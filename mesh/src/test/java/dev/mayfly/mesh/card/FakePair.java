package dev.mayfly.mesh.card;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/** A queue pair for datagrams: its states, what it was handed, and what it does with it. */
final class FakePair {
    private static final int RESET = 0;
    private static final int INIT = 1;
    private static final int READY_TO_SEND = 3;
    private static final int WC_SEND = 0;
    static final int WC_RECEIVE = 128;
    static final int GRH = 1;

    private final MemorySegment memory;
    private final FakeCard.Domain domain;
    private final FakeCard card;
    private final FakeVerbs verbs;
    private final FakeQueue sends;
    private final FakeQueue receives;
    private final int mostSends;
    private final int mostReceives;
    private final Deque<Place> places = new ArrayDeque<>();
    private final List<Rest> resting = new ArrayList<>();
    private final Random junk = new Random(7);
    final int number;
    private int state = RESET;
    private int key;
    int events;
    int lastTrafficClass;
    int lastHops;

    private record Place(long work, long address, int length) {}

    private record Rest(long work, FakeCard.Way way) {}

    FakePair(FakeCard.Domain domain, MemorySegment wanted) {
        this.domain = domain;
        card = domain.card().card();
        verbs = card.verbs;
        CStruct in = Structs.QP_INIT;
        sends = verbs.of(in.getLong(wanted, "send_cq"), FakeQueue.class);
        receives = verbs.of(in.getLong(wanted, "recv_cq"), FakeQueue.class);
        mostSends = in.getInt(wanted, "max_send_wr");
        mostReceives = in.getInt(wanted, "max_recv_wr");
        if (in.getInt(wanted, "qp_type") != 4
                || in.getInt(wanted, "max_send_sge") != 1
                || in.getInt(wanted, "max_recv_sge") != 1) {
            verbs.complaints.add("not a queue pair for datagrams of one piece");
        }
        number = card.nextPair++;
        memory = verbs.make(Structs.QP);
        Structs.QP.set(memory, "context", domain.card().address);
        Structs.QP.set(memory, "qp_num", number);
        verbs.live(memory.address(), this);
        card.pairs.put(number, this);
    }

    long address() {
        return memory.address();
    }

    FakeCard.Domain domain() {
        return domain;
    }

    boolean uses(FakeQueue queue) {
        return sends == queue || receives == queue;
    }

    boolean resting(FakeCard.Way way) {
        return resting.stream().anyMatch(each -> each.way() == way);
    }

    long modify(long wanted, int mask) {
        MemorySegment in = Structs.QP_ATTR.on(wanted);
        int to = Structs.QP_ATTR.getInt(in, "qp_state");
        int needed = switch (to) {
            case INIT -> 1 | 16 | 32 | 64;
            case 2 -> 1;
            case READY_TO_SEND -> 1 | 65536;
            default -> -1;
        };
        boolean port = to != INIT || Structs.QP_ATTR.getByte(in, "port_num") == 1;
        if (to != state + 1 || mask != needed || !port) {
            verbs.complaints.add("from state " + state + " to " + to + " with mask " + mask);
            return FakeVerbs.EINVAL;
        }
        if (to == INIT) {
            key = Structs.QP_ATTR.getInt(in, "qkey");
        }
        state = to;
        Structs.QP.set(memory, "state", to);
        return 0;
    }

    private FakeCard.Region region(MemorySegment piece) {
        long from = Structs.SGE.getLong(piece, "addr");
        int length = Structs.SGE.getInt(piece, "length");
        int lkey = Structs.SGE.getInt(piece, "lkey");
        List<FakeCard.Region> fits = new ArrayList<>();
        verbs.anyLiving(each -> each instanceof FakeCard.Region region
                && region.domain() == domain
                && region.key() == lkey
                && from >= region.from()
                && from + length <= region.from() + region.length()
                && fits.add(region));
        if (fits.isEmpty()) {
            throw new IllegalStateException("memory that the card may not use, or not with this key");
        }
        return fits.getFirst();
    }

    long receive(long work) {
        MemorySegment in = Structs.RECEIVE.on(work);
        MemorySegment piece = Structs.SGE.on(Structs.RECEIVE.getLong(in, "sg_list"));
        if (state < INIT
                || Structs.RECEIVE.getInt(in, "num_sge") != 1
                || !region(piece).writable()) {
            throw new IllegalStateException("cannot receive in state " + state);
        }
        if (places.size() >= mostReceives) {
            return 12;
        }
        places.add(new Place(
                Structs.RECEIVE.getLong(in, "wr_id"),
                Structs.SGE.getLong(piece, "addr"),
                Structs.SGE.getInt(piece, "length")));
        return 0;
    }

    long send(long work) {
        MemorySegment in = Structs.SEND.on(work);
        CStruct send = Structs.SEND;
        boolean legal = state == READY_TO_SEND
                && send.getInt(in, "opcode") == 2
                && send.getInt(in, "num_sge") == 1
                && (send.getInt(in, "send_flags") & 2) != 0
                && send.getLong(in, "next") == 0;
        if (!legal) {
            throw new IllegalStateException("nothing that can be sent in state " + state);
        }
        if (resting.size() >= mostSends) {
            return 12;
        }
        FakeCard.Way way = verbs.of(send.getLong(in, "ah"), FakeCard.Way.class);
        MemorySegment piece = Structs.SGE.on(send.getLong(in, "sg_list"));
        region(piece);
        byte[] payload = new byte[Structs.SGE.getInt(piece, "length")];
        MemorySegment from =
                MemorySegment.ofAddress(Structs.SGE.getLong(piece, "addr")).reinterpret(payload.length);
        MemorySegment.copy(from, JAVA_BYTE, 0, payload, 0, payload.length);
        lastTrafficClass = way.trafficClass();
        lastHops = way.hops();
        long id = send.getLong(in, "wr_id");
        if (card.sendsRest) {
            resting.add(new Rest(id, way));
            return 0;
        }
        // A stamp of leaving before one of arriving, as on a cable.
        sends.complete(id, card.statusOfSends, WC_SEND, 0, 0, 0);
        if (card.statusOfSends == 0) {
            int named = send.getInt(in, "remote_qkey");
            verbs.withGid(way.high(), way.low())
                    .map(to -> to.pairs.get(send.getInt(in, "remote_qpn")))
                    .filter(to -> to.state >= 2)
                    // With its highest bit set, our own is sent in its place.
                    .filter(to -> to.key == (named < 0 ? key : named))
                    .ifPresent(to -> to.arrive(header(way, payload.length), payload, number));
        }
        return 0;
    }

    /** What rested leaves now, in this order. */
    void letGo() {
        List<Rest> all = List.copyOf(resting);
        resting.clear();
        all.forEach(each -> sends.complete(each.work(), 0, WC_SEND, 0, 0, 0));
    }

    void arrive(byte[] header, byte[] payload, int sourceQp) {
        arrive(header, payload, sourceQp, 0, header.length + payload.length, GRH);
    }

    /** As a card that says whatever it likes about it. */
    void arrive(byte[] header, byte[] payload, int sourceQp, int status, int bytes, int flags) {
        Place place = places.poll();
        if (place == null) {
            return; // Lost, as datagrams are.
        }
        MemorySegment to = MemorySegment.ofAddress(place.address()).reinterpret(place.length());
        MemorySegment.copy(header, 0, to, JAVA_BYTE, 0, header.length);
        MemorySegment.copy(payload, 0, to, JAVA_BYTE, header.length, payload.length);
        receives.complete(place.work(), status, WC_RECEIVE, bytes, sourceQp, flags);
    }

    /** A completion of something that was not handed over. */
    void stray(boolean ofReceives, long work) {
        (ofReceives ? receives : sends).complete(work, 0, WC_RECEIVE, 60, 1, GRH);
    }

    private byte[] header(FakeCard.Way way, int payload) {
        return header(way.source(), way.high(), way.low(), way.label(), payload, junk);
    }

    /** What a card writes in front: IPv6, or 20 bytes of anything and IPv4. */
    static byte[] header(FakeCard.Gid source, long high, long low, int label, int payload, Random junk) {
        ByteBuffer out = ByteBuffer.allocate(40);
        if (high == 0 && low >>> 32 == 0xFFFF) {
            byte[] anything = new byte[20];
            junk.nextBytes(anything);
            anything[0] = (byte) 0x60; // As if it were IPv6.
            out.put(anything);
            out.putShort((short) 0x4500).putShort((short) (20 + 8 + 24 + payload));
            out.putInt(0x718C4000).put((byte) 61).put((byte) 17).putShort((short) 0);
            out.putInt((int) source.low()).putInt((int) low);
            int sum = 0;
            for (int at = 20; at < 40; at += 2) {
                sum += out.getShort(at) & 0xFFFF;
            }
            sum = (sum & 0xFFFF) + (sum >>> 16);
            out.putShort(30, (short) ~((sum & 0xFFFF) + (sum >>> 16)));
        } else {
            out.putInt(0x60000000 | label)
                    .putShort((short) (8 + 24 + payload))
                    .put((byte) 17)
                    .put((byte) 63);
            out.putLong(source.high()).putLong(source.low()).putLong(high).putLong(low);
        }
        return out.array();
    }

    long close() {
        if (events != 0) {
            verbs.complaints.add("a queue pair was destroyed with events that were not acknowledged: it hangs");
        }
        card.pairs.remove(number);
        resting.clear();
        return verbs.die(memory.address());
    }
}
