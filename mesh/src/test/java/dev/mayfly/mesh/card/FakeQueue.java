package dev.mayfly.mesh.card;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A completion queue, of the older or the newer kind. */
final class FakeQueue {
    /** struct ibv_cq and ibv_cq_ex begin the same. */
    private final MemorySegment memory;

    private final FakeCard.Opened card;
    private final FakeVerbs verbs;
    private final int entries;
    private final Channel channel;
    private final FakeCard.Clock stamps;
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private @Nullable Entry current;
    private boolean polling;
    private boolean armed;
    private long unacknowledged;

    record Entry(long work, int status, int opcode, int bytes, int sourceQp, int flags, long nanos, long counter) {}

    FakeQueue(FakeCard.Opened card, int entries, Channel channel, FakeCard.Clock stamps) {
        this.card = card;
        this.verbs = card.card().verbs;
        this.entries = entries;
        this.channel = channel;
        this.stamps = stamps;
        memory = verbs.make(Structs.CQ);
        Structs.CQ.set(memory, "context", card.address);
        if (stamps != FakeCard.Clock.NONE) {
            function("start_poll", (cq, attr, c, d, e) -> start());
            function("next_poll", (cq, b, c, d, e) -> next());
            function("end_poll", (cq, b, c, d, e) -> end());
            function("read_byte_len", (cq, b, c, d, e) -> done().bytes());
            function("read_src_qp", (cq, b, c, d, e) -> done().sourceQp());
            function("read_wc_flags", (cq, b, c, d, e) -> done().flags());
            if (stamps == FakeCard.Clock.WALLCLOCK) {
                function("read_wallclock", (cq, b, c, d, e) -> card.card().stampsAreZero ? 0 : done().nanos());
            } else {
                function("read_completion_ts", (cq, b, c, d, e) -> card.card().stampsAreZero ? 0 : done().counter());
            }
        }
        verbs.live(memory.address(), this);
    }

    private void function(String field, FakeVerbs.Call call) {
        Structs.CQ.set(memory, field, verbs.function(field, call).address());
    }

    long address() {
        return memory.address();
    }

    void complete(long work, int status, int opcode, int bytes, int sourceQp, int flags) {
        if (waiting.size() >= entries) {
            verbs.complaints.add("a completion queue of " + entries + " overflowed");
            return;
        }
        waiting.add(new Entry(
                work,
                status,
                opcode,
                bytes,
                sourceQp,
                flags,
                card.card().nanos(),
                card.card().counter()));
        if (armed) {
            armed = false;
            channel.notes.add(this);
            verbs.ring(channel.bell);
        }
    }

    long arm() {
        armed = true;
        return 0;
    }

    long poll(int most, long batch) {
        if (stamps != FakeCard.Clock.NONE) {
            verbs.complaints.add("a queue of the newer kind was polled as one of the older");
        }
        int count = 0;
        for (; count < most && !waiting.isEmpty(); count++) {
            Entry entry = waiting.remove();
            MemorySegment out = Structs.WC.on(batch + (long) count * Structs.WC.bytes());
            out.fill((byte) 0xA5); // What is not said is not looked at.
            Structs.WC.set(out, "wr_id", entry.work());
            Structs.WC.set(out, "status", entry.status());
            if (entry.status() == 0) {
                Structs.WC.set(out, "opcode", entry.opcode());
                Structs.WC.set(out, "byte_len", entry.bytes());
                Structs.WC.set(out, "src_qp", entry.sourceQp());
                Structs.WC.set(out, "wc_flags", entry.flags());
            }
        }
        return count;
    }

    private long start() {
        if (polling) {
            verbs.complaints.add("a queue was polled while it was polled");
        }
        if (waiting.isEmpty()) {
            return 2;
        }
        polling = true;
        show();
        return 0;
    }

    private void show() {
        Entry entry = waiting.remove();
        current = entry;
        Structs.CQ.set(memory, "wr_id", entry.work());
        Structs.CQ.set(memory, "status", entry.status());
    }

    private long next() {
        if (waiting.isEmpty()) {
            return 2;
        }
        show();
        return 0;
    }

    private long end() {
        polling = false;
        current = null;
        return 0;
    }

    private Entry done() {
        if (current == null || current.status() != 0) {
            throw new IllegalStateException("nothing may be read of " + current);
        }
        return current;
    }

    long acknowledge(long count) {
        unacknowledged -= count;
        return 0;
    }

    long close() {
        if (unacknowledged != 0) {
            verbs.complaints.add("a completion queue was destroyed with notes that were not acknowledged: it hangs");
        }
        if (verbs.anyLiving(each -> each instanceof FakePair pair && pair.uses(this))) {
            verbs.complaints.add("a completion queue was destroyed that is in use");
            return FakeVerbs.EBUSY;
        }
        channel.notes.remove(this);
        return verbs.die(memory.address());
    }

    /** Says that a queue has something. */
    static final class Channel {
        private final MemorySegment memory;
        private final FakeVerbs verbs;
        private final int bell;
        private final Deque<FakeQueue> notes = new ArrayDeque<>();

        Channel(FakeCard.Opened card) {
            verbs = card.card().verbs;
            memory = verbs.make(Structs.CHANNEL);
            bell = verbs.bell();
            Structs.CHANNEL.set(memory, "context", card.address);
            Structs.CHANNEL.set(memory, "fd", bell);
            verbs.live(memory.address(), this);
        }

        long address() {
            return memory.address();
        }

        long next(long queue, long context) {
            if (!verbs.heard(bell)) {
                return -1;
            }
            FakeQueue noted = notes.remove();
            noted.unacknowledged++;
            MemorySegment.ofAddress(queue).reinterpret(8).set(JAVA_LONG, 0, noted.address());
            MemorySegment.ofAddress(context).reinterpret(8).set(JAVA_LONG, 0, noted.card.address);
            return 0;
        }

        long close() {
            if (verbs.anyLiving(each -> each instanceof FakeQueue queue && queue.channel == this)) {
                verbs.complaints.add("a channel was destroyed that is in use");
                return FakeVerbs.EBUSY;
            }
            return verbs.die(memory.address());
        }
    }
}
