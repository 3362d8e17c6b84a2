package dev.mayfly.mesh.card;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.mayfly.platform.linux.Libc;
import dev.mayfly.platform.verbs.VerbsLibrary;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * libibverbs as the program sees it: symbols that are called, structures in real memory, tables of functions in them. Its
 * cards carry datagrams to each other. What a real card or kernel would punish with a crash, a hang or silence is a
 * complaint here.
 */
final class FakeVerbs implements AutoCloseable {
    static final int EINVAL = 22;
    static final int EBUSY = 16;

    /** All calls have this shape. */
    @FunctionalInterface
    interface Call {
        long call(long a, long b, long c, long d, long e);
    }

    private static final long EVENTFD2 = 290;
    private static final long READ = 0;
    private static final long WRITE = 1;
    private static final int EFD_SEMAPHORE = 1;
    private static final int LONG_BYTES = Long.BYTES;

    final Arena arena = Arena.ofShared();
    final List<FakeCard> cards = new ArrayList<>();
    final List<String> complaints = new ArrayList<>();
    private final Map<Long, Object> living = new HashMap<>();
    private final Map<String, MemorySegment> symbols = new HashMap<>();
    private final List<Integer> descriptors = new ArrayList<>();
    private final MemorySegment number = arena.allocate(LONG_BYTES, LONG_BYTES);

    FakeVerbs() {
        symbol("ibv_get_device_list", (count, b, c, d, e) -> list(count));
        symbol("ibv_free_device_list", (list, b, c, d, e) -> 0);
        symbol("ibv_get_device_name", (device, b, c, d, e) -> device + Structs.DEVICE.at("name"));
        symbol("ibv_open_device", (device, b, c, d, e) -> card(device).open());
        symbol(
                "ibv_close_device",
                (context, b, c, d, e) -> of(context, FakeCard.Opened.class).close());
        symbol(
                "ibv_query_device",
                (context, attr, c, d, e) -> of(context, FakeCard.Opened.class).query(attr));
        symbol(
                "ibv_query_port",
                (context, port, attr, d, e) ->
                        of(context, FakeCard.Opened.class).port(port, attr));
        symbol(
                "_ibv_query_gid_table",
                (context, entries, most, flags, bytes) ->
                        of(context, FakeCard.Opened.class).gids(entries, most, bytes));
        symbol(
                "ibv_get_async_event",
                (context, event, c, d, e) -> of(context, FakeCard.Opened.class).nextEvent(event));
        symbol("ibv_ack_async_event", (event, b, c, d, e) -> acknowledge(event));
        symbol(
                "ibv_alloc_pd",
                (context, b, c, d, e) -> of(context, FakeCard.Opened.class).domain());
        symbol(
                "ibv_dealloc_pd",
                (pd, b, c, d, e) -> of(pd, FakeCard.Domain.class).close());
        symbol(
                "ibv_reg_mr",
                (pd, address, length, access, e) ->
                        of(pd, FakeCard.Domain.class).region(address, length, access));
        symbol("ibv_dereg_mr", (mr, b, c, d, e) -> of(mr, FakeCard.Region.class).close());
        symbol(
                "ibv_create_comp_channel",
                (context, b, c, d, e) -> of(context, FakeCard.Opened.class).channel());
        symbol(
                "ibv_destroy_comp_channel",
                (channel, b, c, d, e) -> of(channel, FakeQueue.Channel.class).close());
        symbol(
                "ibv_create_cq",
                (context, entries, cookie, channel, vector) ->
                        of(context, FakeCard.Opened.class).queue((int) entries, channel, FakeCard.Clock.NONE));
        symbol("ibv_destroy_cq", (cq, b, c, d, e) -> of(cq, FakeQueue.class).close());
        symbol(
                "ibv_get_cq_event",
                (channel, cq, context, d, e) ->
                        of(channel, FakeQueue.Channel.class).next(cq, context));
        symbol(
                "ibv_ack_cq_events",
                (cq, count, c, d, e) -> of(cq, FakeQueue.class).acknowledge(count));
        symbol(
                "ibv_create_qp",
                (pd, wanted, c, d, e) -> of(pd, FakeCard.Domain.class).pair(wanted));
        symbol(
                "ibv_modify_qp",
                (qp, wanted, mask, d, e) -> of(qp, FakePair.class).modify(wanted, (int) mask));
        symbol("ibv_destroy_qp", (qp, b, c, d, e) -> of(qp, FakePair.class).close());
        symbol(
                "ibv_create_ah",
                (pd, wanted, c, d, e) -> of(pd, FakeCard.Domain.class).way(wanted));
        symbol("ibv_destroy_ah", (ah, b, c, d, e) -> of(ah, FakeCard.Way.class).close());
    }

    VerbsLibrary library() {
        return VerbsLibrary.of(name -> Optional.ofNullable(symbols.get(name)));
    }

    /** As if the library were older. */
    void without(String symbol) {
        symbols.remove(symbol);
    }

    FakeCard add(String name) {
        FakeCard card = new FakeCard(this, name);
        cards.add(card);
        return card;
    }

    private void symbol(String name, Call call) {
        symbols.put(name, function(name, call));
    }

    /** A function that can be called from outside. What it throws is a complaint: it must not get there. */
    MemorySegment function(String name, Call call) {
        Call safe = (a, b, c, d, e) -> {
            try {
                synchronized (this) {
                    return call.call(a, b, c, d, e);
                }
            } catch (RuntimeException | Error failure) {
                complaints.add(name + ": " + failure);
                return EINVAL;
            }
        };
        try {
            MethodHandle target = MethodHandles.lookup()
                    .findVirtual(
                            Call.class,
                            "call",
                            MethodType.methodType(
                                    long.class, long.class, long.class, long.class, long.class, long.class))
                    .bindTo(safe);
            FunctionDescriptor shape =
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
            return Linker.nativeLinker().upcallStub(target, shape, arena);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    MemorySegment make(CStruct struct) {
        return arena.allocate(struct.bytes(), 8);
    }

    /** From now on this address is that of something. */
    void live(long address, Object what) {
        living.put(address, what);
    }

    long die(long address) {
        living.remove(address);
        return 0;
    }

    /** What was made and not taken back. */
    List<String> leaks() {
        return living.values().stream()
                .map(each -> each.getClass().getSimpleName())
                .toList();
    }

    boolean anyLiving(java.util.function.Predicate<Object> like) {
        return living.values().stream().anyMatch(like);
    }

    <T> T of(long address, Class<T> type) {
        Object found = living.get(address);
        if (!type.isInstance(found)) {
            throw new IllegalStateException(
                    "there is no " + type.getSimpleName() + " at " + Long.toHexString(address) + " but " + found);
        }
        return type.cast(found);
    }

    private FakeCard card(long device) {
        return cards.stream()
                .filter(card -> card.device.address() == device)
                .findFirst()
                .orElseThrow();
    }

    private long list(long count) {
        List<FakeCard> there = cards.stream().filter(card -> card.present).toList();
        MemorySegment list = arena.allocate((there.size() + 1L) * LONG_BYTES, 8);
        for (int i = 0; i < there.size(); i++) {
            list.set(JAVA_LONG, (long) i * LONG_BYTES, there.get(i).device.address());
        }
        MemorySegment.ofAddress(count).reinterpret(4).set(JAVA_INT, 0, there.size());
        return list.address();
    }

    private long acknowledge(long event) {
        MemorySegment said = Structs.EVENT.on(event);
        if (Structs.EVENT.getInt(said, "event_type") <= 3) {
            long element = Structs.EVENT.getLong(said, "element");
            if (living.get(element) instanceof FakePair pair) {
                pair.events--;
            }
        }
        return 0;
    }

    /** A descriptor that is readable as often as it was rung. */
    int bell() {
        int fd = (int) Libc.syscall(EVENTFD2, 0, EFD_SEMAPHORE, 0).value();
        descriptors.add(fd);
        return fd;
    }

    void ring(int bell) {
        number.set(JAVA_LONG, 0, 1);
        Libc.syscall(WRITE, bell, number.address(), LONG_BYTES);
    }

    boolean heard(int bell) {
        return Libc.syscall(READ, bell, number.address(), LONG_BYTES).ok();
    }

    Optional<FakeCard> withGid(long high, long low) {
        return cards.stream()
                .filter(card ->
                        card.present && card.gids.stream().anyMatch(gid -> gid.high() == high && gid.low() == low))
                .findFirst();
    }

    @Override
    public void close() {
        descriptors.forEach(Libc::close);
        arena.close();
    }
}
