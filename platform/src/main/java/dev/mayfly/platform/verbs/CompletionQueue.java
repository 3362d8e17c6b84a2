package dev.mayfly.platform.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * One completion queue. Where the card stamps, it is of the newer kind, whose fields are read by functions that lie in it;
 * else of the older one. Belongs to one thread.
 */
final class CompletionQueue {
    private static final int BATCH = 32;

    private final Calls calls;
    private final MemorySegment queue;
    private final CardClock clock;
    private final Optional<Ticks> ticks;
    private final MemorySegment poll;
    private final MemorySegment rearm;
    private final MemorySegment batch;

    private CompletionQueue(
            Arena arena, VerbsDevice device, MemorySegment queue, CardClock clock, Optional<Ticks> ticks) {
        this.calls = device.calls();
        this.queue = queue;
        this.clock = clock;
        this.ticks = ticks;
        this.poll = pointer(device.context(), Layout.Context.POLL_CQ);
        this.rearm = pointer(device.context(), Layout.Context.REQ_NOTIFY_CQ);
        this.batch = arena.allocate(BATCH * Layout.Wc.BYTES, Long.BYTES);
    }

    static MemorySegment pointer(MemorySegment structure, long at) {
        return MemorySegment.ofAddress(structure.get(JAVA_LONG, at));
    }

    /**
     * The best that the card has.
     *
     * @param ticks shared by the queues of one card, so that they agree
     */
    static CompletionQueue open(
            Arena arena, VerbsDevice device, long channel, int entries, CardClock best, Optional<Ticks> ticks) {
        Optional<MemorySegment> create = device.extended(Layout.Context.CREATE_CQ_EX);
        if (create.isPresent() && best == CardClock.WALLCLOCK) {
            long made = extended(device, create.get(), channel, entries, Layout.CqInit.WALLCLOCK);
            if (made != 0) {
                return new CompletionQueue(
                        arena, device, Calls.at(made, Layout.CqEx.BYTES), CardClock.WALLCLOCK, Optional.empty());
            }
        }
        if (create.isPresent() && best != CardClock.NONE && ticks.isPresent()) {
            long made = extended(device, create.get(), channel, entries, Layout.CqInit.TICKS);
            if (made != 0) {
                return new CompletionQueue(arena, device, Calls.at(made, Layout.CqEx.BYTES), CardClock.TICKS, ticks);
            }
        }
        long made = device.calls()
                .call(device.library().symbol("ibv_create_cq"), device.context().address(), entries, 0, channel, 0);
        if (made == 0) {
            throw device.failed("gives no completion queue of " + entries);
        }
        return new CompletionQueue(arena, device, MemorySegment.ofAddress(made), CardClock.NONE, Optional.empty());
    }

    private static long extended(VerbsDevice device, MemorySegment create, long channel, int entries, long stamps) {
        try (Arena here = Arena.ofConfined()) {
            MemorySegment wanted = here.allocate(Layout.CqInit.BYTES, Long.BYTES);
            wanted.set(JAVA_INT, Layout.CqInit.ENTRIES, entries);
            wanted.set(JAVA_LONG, Layout.CqInit.CHANNEL, channel);
            wanted.set(JAVA_LONG, Layout.CqInit.WANTED, Layout.CqInit.BYTE_LEN | Layout.CqInit.SRC_QP | stamps);
            return device.calls().call(create, device.context().address(), wanted.address(), 0);
        }
    }

    long address() {
        return queue.address();
    }

    CardClock clock() {
        return clock;
    }

    /** Asks to be told, by the channel, of the next completion. */
    void arm() {
        calls.call(rearm, queue.address(), 0, 0);
    }

    /** Tells at most so many as fit into one look. */
    int poll(Completions sink) {
        return clock == CardClock.NONE ? pollPlain(sink) : pollStamped(sink);
    }

    private int pollPlain(Completions sink) {
        int count = (int) calls.call(poll, queue.address(), BATCH, batch.address());
        for (int i = 0; i < count; i++) {
            long at = i * Layout.Wc.BYTES;
            sink.completed(
                    batch.get(JAVA_LONG, at + Layout.Wc.WR_ID),
                    batch.get(JAVA_INT, at + Layout.Wc.STATUS),
                    batch.get(JAVA_INT, at + Layout.Wc.BYTE_LEN),
                    batch.get(JAVA_INT, at + Layout.Wc.SRC_QP),
                    (batch.get(JAVA_INT, at + Layout.Wc.FLAGS) & Layout.Wc.GRH) != 0,
                    0);
        }
        return Math.max(0, count);
    }

    private int pollStamped(Completions sink) {
        try (Arena here = Arena.ofConfined()) {
            MemorySegment options = here.allocate(Long.BYTES, Long.BYTES);
            MemorySegment start = pointer(queue, Layout.CqEx.START_POLL);
            if ((int) calls.call(start, queue.address(), options.address(), 0) != 0) {
                return 0;
            }
            int told = 0;
            try {
                do {
                    tellCurrent(sink);
                    told++;
                } while (told < BATCH && (int) calls.call(pointer(queue, Layout.CqEx.NEXT_POLL), queue.address()) == 0);
            } finally {
                calls.call(pointer(queue, Layout.CqEx.END_POLL), queue.address());
            }
            return told;
        }
    }

    private void tellCurrent(Completions sink) {
        long work = queue.get(JAVA_LONG, Layout.CqEx.WR_ID);
        int status = queue.get(JAVA_INT, Layout.CqEx.STATUS);
        if (status != 0) {
            sink.completed(work, status, 0, 0, false, 0);
            return;
        }
        sink.completed(
                work,
                0,
                (int) read(Layout.CqEx.READ_BYTE_LEN),
                (int) read(Layout.CqEx.READ_SRC_QP),
                (read(Layout.CqEx.READ_WC_FLAGS) & Layout.Wc.GRH) != 0,
                stamp());
    }

    private long stamp() {
        if (clock == CardClock.WALLCLOCK) {
            return read(Layout.CqEx.READ_WALLCLOCK);
        }
        long counter = read(Layout.CqEx.READ_TICKS);
        return counter == 0 ? 0 : ticks.orElseThrow().nanos(counter);
    }

    private long read(long function) {
        return calls.call(pointer(queue, function), queue.address());
    }
}
