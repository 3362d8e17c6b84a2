package dev.mayfly.platform.objc;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * The runtime of Objective-C, and one queue of libdispatch. Safe for concurrent use, by platform threads: calls pin.
 *
 * <p>{@code objc_msgSend} is called by one shape, as if every message took six longs and answered with one. It must not be
 * called as a variadic function: on Apple's arm64 variadic arguments lie on the stack (Apple, "Writing ARM64 code for Apple
 * platforms"). A register that a method does not take is not looked at.
 */
public final class ObjcRuntime implements ObjectiveC {
    private static final int MOST_ARGUMENTS = 6;

    // Block_private.h of Apple's libclosure: a global block is never copied and never let go.
    static final int BLOCK_IS_GLOBAL = 1 << 28;
    static final long FLAGS_AT = 8;
    static final long INVOKE_AT = 16;
    static final long DESCRIPTOR_AT = 24;
    static final long NUMBER_AT = 32;
    static final long BLOCK_BYTES = 40;

    private static final String FRAMEWORKS = "/System/Library/Frameworks/";
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle MESSAGE = LINKER.downcallHandle(longs(2 + MOST_ARGUMENTS));
    private static final MethodHandle ONE = LINKER.downcallHandle(longs(1));
    private static final MethodHandle TWO = LINKER.downcallHandle(longs(2));
    private static final MethodHandle NONE = LINKER.downcallHandle(longs(0));
    private static final MethodHandle THREE_VOID =
            LINKER.downcallHandle(FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle ONE_VOID = LINKER.downcallHandle(FunctionDescriptor.ofVoid(JAVA_LONG));

    private final SymbolLookup symbols;
    /** What the other side keeps addresses of lives as long as the process. */
    private final Arena arena = Arena.global();

    private final Map<String, Long> selectors = new ConcurrentHashMap<>();
    private final Map<Long, Runnable> works = new ConcurrentHashMap<>();
    private final Map<Long, LongConsumer> handlers = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final MemorySegment workStub;
    private final MemorySegment handlerStub;
    private final MemorySegment descriptor;
    private final long queue;

    /** @param symbols of libobjc, libdispatch and libclosure */
    ObjcRuntime(SymbolLookup symbols, String label) {
        this.symbols = symbols;
        try {
            MethodHandles.Lookup own = MethodHandles.lookup();
            this.workStub = LINKER.upcallStub(
                    own.findVirtual(ObjcRuntime.class, "work", MethodType.methodType(void.class, long.class))
                            .bindTo(this),
                    FunctionDescriptor.ofVoid(JAVA_LONG),
                    arena);
            this.handlerStub = LINKER.upcallStub(
                    own.findVirtual(
                                    ObjcRuntime.class,
                                    "handle",
                                    MethodType.methodType(void.class, long.class, long.class))
                            .bindTo(this),
                    FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG),
                    arena);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        this.descriptor = arena.allocate(2 * Long.BYTES, Long.BYTES);
        descriptor.set(JAVA_LONG, Long.BYTES, BLOCK_BYTES);
        this.queue =
                call(TWO, "dispatch_queue_create", arena.allocateFrom(label).address(), 0L);
    }

    /**
     * Of this Mac, with its frameworks loaded.
     *
     * @throws MayflyException {@code MACHINES_UNAVAILABLE} on any other system, with what is missing
     */
    public static ObjcRuntime ofThisMac(String... frameworks) {
        if (!System.getProperty("os.name", "").startsWith("Mac")) {
            throw new MayflyException(
                    ErrorCode.MACHINES_UNAVAILABLE,
                    "no machine can be made here",
                    String.join(", ", frameworks) + " are frameworks of macOS, and this is "
                            + System.getProperty("os.name", "another system"),
                    "run this agent on a Mac, or take another back end: --backend qemu");
        }
        SymbolLookup symbols = LINKER.defaultLookup();
        for (String each : frameworks) {
            try {
                SymbolLookup more =
                        SymbolLookup.libraryLookup(FRAMEWORKS + each + ".framework/" + each, Arena.global());
                SymbolLookup before = symbols;
                symbols = name -> before.find(name).or(() -> more.find(name));
            } catch (IllegalArgumentException e) {
                throw new MayflyException(
                        ErrorCode.MACHINES_UNAVAILABLE,
                        "no machine can be made here",
                        "this macOS has no framework " + each + ": " + e.getMessage(),
                        "Virtualization.framework for macOS guests takes macOS 12 or newer on Apple silicon",
                        e);
            }
        }
        return new ObjcRuntime(symbols, "dev.mayfly.machines");
    }

    private static FunctionDescriptor longs(int count) {
        return FunctionDescriptor.of(
                JAVA_LONG,
                java.util.Collections.nCopies(count, JAVA_LONG).toArray(java.lang.foreign.MemoryLayout[]::new));
    }

    private MemorySegment symbol(String name) {
        return symbols.find(name)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.MACHINES_UNAVAILABLE,
                        "no machine can be made here",
                        "this system has no symbol " + name,
                        "use a macOS that has it"));
    }

    private long call(MethodHandle shape, String name, long... values) {
        MemorySegment function = symbol(name);
        try {
            return switch (values.length) {
                case 0 -> (long) shape.invokeExact(function);
                case 1 -> (long) shape.invokeExact(function, values[0]);
                default -> (long) shape.invokeExact(function, values[0], values[1]);
            };
        } catch (Throwable e) {
            throw new IllegalStateException(name + " throws nothing", e);
        }
    }

    @Override
    public long type(String name) {
        try (Arena one = Arena.ofConfined()) {
            return call(ONE, "objc_getClass", one.allocateFrom(name).address());
        }
    }

    private long selector(String name) {
        return selectors.computeIfAbsent(
                name,
                _ -> call(ONE, "sel_registerName", arena.allocateFrom(name).address()));
    }

    @Override
    public long send(long receiver, String selector, long... arguments) {
        if (arguments.length > MOST_ARGUMENTS) {
            throw new IllegalArgumentException("a message takes at most " + MOST_ARGUMENTS + " arguments here");
        }
        long[] all = Arrays.copyOf(arguments, MOST_ARGUMENTS);
        try {
            return (long) MESSAGE.invokeExact(
                    symbol("objc_msgSend"),
                    receiver,
                    selector(selector),
                    all[0],
                    all[1],
                    all[2],
                    all[3],
                    all[4],
                    all[5]);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("a message throws nothing", e);
        }
    }

    @Override
    public Sent sendWithError(long receiver, String selector, long... arguments) {
        try (Arena one = Arena.ofConfined()) {
            MemorySegment error = one.allocate(JAVA_LONG);
            long[] all = Arrays.copyOf(arguments, arguments.length + 1);
            all[arguments.length] = error.address();
            long answer = send(receiver, selector, all);
            return new Sent(answer, error.get(JAVA_LONG, 0));
        }
    }

    @Override
    public long string(String text) {
        try (Arena one = Arena.ofConfined()) {
            return send(
                    type("NSString"),
                    "stringWithUTF8String:",
                    one.allocateFrom(text).address());
        }
    }

    @Override
    public String text(long string) {
        long bytes = string == 0 ? 0 : send(string, "UTF8String");
        return bytes == 0
                ? ""
                : MemorySegment.ofAddress(bytes).reinterpret(Integer.MAX_VALUE).getString(0);
    }

    // --- the queue -------------------------------------------------------------------------------------------------

    @Override
    public long queue() {
        return queue;
    }

    @Override
    public <T> T onQueue(Supplier<T> work) {
        List<T> done = new ArrayList<>(1);
        AtomicReference<Optional<Throwable>> thrown = new AtomicReference<>(Optional.empty());
        long number = numbers.incrementAndGet();
        works.put(number, () -> {
            long pool = call(NONE, "objc_autoreleasePoolPush");
            try {
                done.add(work.get());
            } catch (Throwable e) {
                // Through frames that are not Java's nothing can be thrown: the process would end.
                thrown.set(Optional.of(e));
            } finally {
                try {
                    ONE_VOID.invokeExact(symbol("objc_autoreleasePoolPop"), pool);
                } catch (Throwable e) {
                    thrown.set(Optional.of(thrown.get().orElse(e)));
                }
            }
        });
        try {
            THREE_VOID.invokeExact(symbol("dispatch_sync_f"), queue, number, workStub.address());
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("dispatch_sync_f throws nothing", e);
        } finally {
            works.remove(number);
        }
        if (thrown.get().isPresent()) {
            throw thrown.get().get() instanceof RuntimeException known
                    ? known
                    : new IllegalStateException(thrown.get().get());
        }
        return done.getFirst();
    }

    /** Called by libdispatch. */
    @SuppressWarnings("unused")
    private void work(long number) {
        Runnable work = works.get(number);
        if (work != null) {
            work.run();
        }
    }

    // --- blocks ----------------------------------------------------------------------------------------------------

    @Override
    public long handler(LongConsumer completion) {
        long number = numbers.incrementAndGet();
        handlers.put(number, completion);
        MemorySegment block = arena.allocate(BLOCK_BYTES, Long.BYTES);
        block.set(JAVA_LONG, 0, symbol("_NSConcreteGlobalBlock").address());
        block.set(JAVA_INT, FLAGS_AT, BLOCK_IS_GLOBAL);
        block.set(JAVA_LONG, INVOKE_AT, handlerStub.address());
        block.set(JAVA_LONG, DESCRIPTOR_AT, descriptor.address());
        block.set(JAVA_LONG, NUMBER_AT, number);
        return block.address();
    }

    /** Called by whoever was given a block. */
    @SuppressWarnings("unused")
    private void handle(long block, long error) {
        long number = MemorySegment.ofAddress(block).reinterpret(BLOCK_BYTES).get(JAVA_LONG, NUMBER_AT);
        LongConsumer completion = handlers.remove(number);
        if (completion != null) {
            try {
                completion.accept(error);
            } catch (Throwable e) {
                Thread current = Thread.currentThread();
                current.getUncaughtExceptionHandler().uncaughtException(current, e);
            }
        }
    }
}
