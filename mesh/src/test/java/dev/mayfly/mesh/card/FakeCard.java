package dev.mayfly.mesh.card;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.mayfly.mesh.wire.IpAddress;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A card of one port. */
final class FakeCard {
    private static final long ROCE_V1 = 1;
    private static final long ROCE_V2 = 2;

    /** What it stamps with. */
    enum Clock {
        NONE,
        TICKS,
        WALLCLOCK
    }

    record Gid(long high, long low, boolean version2) {}

    final FakeVerbs verbs;
    final MemorySegment device;
    final List<Gid> gids = new ArrayList<>();
    final Map<Integer, FakePair> pairs = new HashMap<>();
    Clock clock = Clock.NONE;
    /** Of the counter: narrow, so that it begins anew while a test runs. */
    long tickMask = (1L << 34) - 1;

    long kilohertz = 156_250;
    long skewNanos;
    boolean present = true;
    boolean active = true;
    boolean extendedTable = true;
    boolean stampsAreZero;
    boolean waysFail;
    boolean sendsRest;
    int statusOfSends;
    int nextPair = 17;
    int waysMade;
    int opens;
    private Optional<Opened> opened = Optional.empty();

    FakeCard(FakeVerbs verbs, String name) {
        this.verbs = verbs;
        device = verbs.make(Structs.DEVICE);
        device.asSlice(Structs.DEVICE.at("name")).setString(0, name);
        // As real cards have them: link-local and of version 1 first.
        gids.add(new Gid(0xFE80L << 48, 0x0200_00FF_FE00_0001L, false));
        gids.add(new Gid(0xFE80L << 48, 0x0200_00FF_FE00_0001L, true));
    }

    FakeCard with(IpAddress address) {
        gids.add(new Gid(CardAddress.high(address), CardAddress.low(address), false));
        gids.add(new Gid(CardAddress.high(address), CardAddress.low(address), true));
        return this;
    }

    long nanos() {
        return System.nanoTime() + skewNanos;
    }

    long counter() {
        long ticks = (long) (nanos() * (kilohertz / 1e6));
        return ticks & tickMask;
    }

    void event(int type) {
        synchronized (verbs) {
            opened.ifPresent(each -> each.event(type));
        }
    }

    FakePair pair() {
        return pairs.values().iterator().next();
    }

    long open() {
        opens++;
        Opened now = new Opened();
        // Somebody who only looks at addresses opens it a second time.
        opened = Optional.of(now);
        return now.address;
    }

    /** An open card: struct ibv_context, with the table in front of it. */
    final class Opened {
        final long address;
        private final MemorySegment whole = verbs.make(Structs.VERBS_CONTEXT);
        private final int bell = verbs.bell();
        private final Deque<Integer> events = new ArrayDeque<>();
        private final Optional<Opened> before = opened;

        Opened() {
            CStruct layout = Structs.VERBS_CONTEXT;
            long context = layout.at("device");
            address = whole.address() + context;
            layout.set(whole, "device", device.address());
            layout.set(whole, "async_fd", bell);
            function(
                    "poll_cq",
                    (cq, most, wc, d, e) -> verbs.of(cq, FakeQueue.class).poll((int) most, wc));
            function(
                    "req_notify_cq",
                    (cq, b, c, d, e) -> verbs.of(cq, FakeQueue.class).arm());
            function(
                    "post_send",
                    (qp, work, bad, d, e) -> verbs.of(qp, FakePair.class).send(work));
            function(
                    "post_recv",
                    (qp, work, bad, d, e) -> verbs.of(qp, FakePair.class).receive(work));
            layout.set(whole, "abi_compat", extendedTable ? -1L : 0L);
            layout.set(whole, "sz", (long) layout.bytes());
            function("create_cq_ex", (c, wanted, x, d, e) -> createStamped(wanted));
            function("query_device_ex", (c, input, attr, bytes, e) -> queryClock(attr));
            verbs.live(address, this);
        }

        private void function(String field, FakeVerbs.Call call) {
            Structs.VERBS_CONTEXT.set(whole, field, verbs.function(field, call).address());
        }

        FakeCard card() {
            return FakeCard.this;
        }

        long close() {
            if (verbs.anyLiving(each -> each instanceof Domain domain && domain.card == this)) {
                verbs.complaints.add("a card was closed with domains");
            }
            opened = before;
            return verbs.die(address);
        }

        long query(long attributes) {
            MemorySegment out = Structs.DEVICE_ATTR.on(attributes);
            Structs.DEVICE_ATTR.set(out, "phys_port_cnt", (byte) 1);
            return 0;
        }

        long port(long port, long attributes) {
            if (port != 1) {
                return FakeVerbs.EINVAL;
            }
            MemorySegment out = Structs.PORT.on(attributes);
            Structs.PORT.set(out, "state", active ? 4 : 1);
            Structs.PORT.set(out, "link_layer", (byte) 2);
            return 0;
        }

        long gids(long entries, long most, long bytes) {
            if (bytes != Structs.GID.bytes() || most < gids.size() || most * bytes > 0xFFFF) {
                return -FakeVerbs.EINVAL;
            }
            var bigEndian = JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);
            for (int i = 0; i < gids.size(); i++) {
                MemorySegment entry = Structs.GID.on(entries + i * bytes);
                entry.set(bigEndian, 0, gids.get(i).high());
                entry.set(bigEndian, 8, gids.get(i).low());
                Structs.GID.set(entry, "gid_index", i);
                Structs.GID.set(entry, "port_num", 1);
                Structs.GID.set(entry, "gid_type", (int) (gids.get(i).version2() ? ROCE_V2 : ROCE_V1));
            }
            return gids.size();
        }

        private long queryClock(long attributes) {
            MemorySegment out = Structs.DEVICE_ATTR_EX.on(attributes);
            Structs.DEVICE_ATTR_EX.set(out, "completion_timestamp_mask", tickMask);
            Structs.DEVICE_ATTR_EX.set(out, "hca_core_clock", clock == Clock.NONE ? 0 : kilohertz);
            return 0;
        }

        private long createStamped(long wanted) {
            MemorySegment in = Structs.CQ_INIT.on(wanted);
            long flags = Structs.CQ_INIT.getLong(in, "wc_flags");
            boolean wallclock = (flags & 1 << 11) != 0;
            boolean ticks = (flags & 1 << 7) != 0;
            if (wallclock && clock != Clock.WALLCLOCK || ticks && clock == Clock.NONE) {
                return 0;
            }
            return queue(
                    Structs.CQ_INIT.getInt(in, "cqe"),
                    Structs.CQ_INIT.getLong(in, "channel"),
                    wallclock ? Clock.WALLCLOCK : Clock.TICKS);
        }

        long queue(int entries, long channel, Clock stamps) {
            return new FakeQueue(this, entries, verbs.of(channel, FakeQueue.Channel.class), stamps).address();
        }

        long channel() {
            return new FakeQueue.Channel(this).address();
        }

        long domain() {
            Domain domain = new Domain(this, verbs.make(Structs.CHANNEL).address());
            verbs.live(domain.address, domain);
            return domain.address;
        }

        void event(int type) {
            events.add(type);
            verbs.ring(bell);
        }

        long nextEvent(long event) {
            if (!verbs.heard(bell)) {
                return -1;
            }
            int type = events.remove();
            MemorySegment out = Structs.EVENT.on(event);
            Structs.EVENT.set(out, "event_type", type);
            Structs.EVENT.set(out, "element", type <= 3 && !pairs.isEmpty() ? pair().address() : 1L);
            if (type <= 3 && !pairs.isEmpty()) {
                pair().events++;
            }
            return 0;
        }
    }

    /** What belongs together on a card. */
    record Domain(Opened card, long address) {
        private FakeVerbs verbs() {
            return card.card().verbs;
        }

        long close() {
            boolean used = verbs().anyLiving(each -> each instanceof Region region && region.domain == this
                    || each instanceof FakePair pair && pair.domain() == this
                    || each instanceof Way way && way.domain == this);
            if (used) {
                verbs().complaints.add("a domain was given back that is in use");
                return FakeVerbs.EBUSY;
            }
            return verbs().die(address);
        }

        long region(long from, long length, long access) {
            MemorySegment made = verbs().make(Structs.MR);
            Structs.MR.set(made, "lkey", 0x7000 + (int) (made.address() & 0xFFF));
            Region region =
                    new Region(this, made.address(), from, length, Structs.MR.getInt(made, "lkey"), (access & 1) != 0);
            verbs().live(made.address(), region);
            return made.address();
        }

        long pair(long wanted) {
            return new FakePair(this, Structs.QP_INIT.on(wanted)).address();
        }

        long way(long wanted) {
            FakeCard owner = card.card();
            MemorySegment in = Structs.AH.on(wanted);
            int index = Structs.AH.getByte(in, "sgid_index");
            boolean legal = Structs.AH.getByte(in, "is_global") == 1
                    && Structs.AH.getByte(in, "port") == 1
                    && Structs.AH.getByte(in, "hop_limit") > 0
                    && index < owner.gids.size()
                    && owner.gids.get(index).version2();
            if (!legal || owner.waysFail) {
                return 0;
            }
            owner.waysMade++;
            var bigEndian = JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);
            Way way = new Way(
                    this,
                    verbs().make(Structs.CHANNEL).address(),
                    in.get(bigEndian, 0),
                    in.get(bigEndian, 8),
                    Structs.AH.getInt(in, "flow_label"),
                    Structs.AH.getByte(in, "traffic_class"),
                    Structs.AH.getByte(in, "hop_limit"),
                    owner.gids.get(index));
            verbs().live(way.address, way);
            return way.address;
        }
    }

    /** Memory that the card may use. */
    record Region(Domain domain, long address, long from, long length, int key, boolean writable) {
        long close() {
            return domain.verbs().die(address);
        }
    }

    /** An address handle. */
    record Way(Domain domain, long address, long high, long low, int label, int trafficClass, int hops, Gid source) {
        long close() {
            if (domain.card.card().pairs.values().stream().anyMatch(pair -> pair.resting(this))) {
                domain.verbs().complaints.add("a way was given back with something on it");
            }
            return domain.verbs().die(address);
        }
    }
}
