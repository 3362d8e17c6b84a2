package dev.mayfly.platform.objc;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** C functions of the same names and prototypes as Apple's, in Java: what is called through them is called as on a Mac. */
final class PlayedRuntime implements SymbolLookup {
    private static final Linker LINKER = Linker.nativeLinker();

    private final Map<String, MemorySegment> symbols = new HashMap<>();
    private final Map<Long, String> names = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();
    private final Arena arena = Arena.global();

    final List<String> calls = new ArrayList<>();
    int pools;
    long block;

    PlayedRuntime() {
        add("objc_getClass", 1, true);
        add("sel_registerName", 1, true);
        add("objc_msgSend", 8, true);
        add("objc_autoreleasePoolPush", 0, true);
        add("objc_autoreleasePoolPop", 1, false);
        add("dispatch_queue_create", 2, true);
        add("dispatch_sync_f", 3, false);
        symbols.put("_NSConcreteGlobalBlock", arena.allocate(8));
    }

    private void add(String name, int arguments, boolean answers) {
        try {
            MethodHandle method = MethodHandles.lookup()
                    .findVirtual(
                            PlayedRuntime.class,
                            name,
                            MethodType.methodType(
                                    answers ? long.class : void.class, Collections.nCopies(arguments, long.class)))
                    .bindTo(this);
            MemoryLayout[] longs = Collections.nCopies(arguments, JAVA_LONG).toArray(MemoryLayout[]::new);
            symbols.put(
                    name,
                    LINKER.upcallStub(
                            method,
                            answers ? FunctionDescriptor.of(JAVA_LONG, longs) : FunctionDescriptor.ofVoid(longs),
                            arena));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Optional<MemorySegment> find(String name) {
        return Optional.ofNullable(symbols.get(name));
    }

    private static String text(long address) {
        return MemorySegment.ofAddress(address).reinterpret(4096).getString(0);
    }

    private long number(String name) {
        return numbers.computeIfAbsent(name, _ -> {
            long number = 1000L + numbers.size();
            names.put(number, name);
            return number;
        });
    }

    @SuppressWarnings("unused")
    private long objc_getClass(long name) {
        return text(name).startsWith("NS") ? number("class " + text(name)) : 0;
    }

    @SuppressWarnings("unused")
    private long sel_registerName(long name) {
        return number(text(name));
    }

    @SuppressWarnings("unused")
    private long objc_msgSend(long receiver, long selector, long a, long b, long c, long d, long e, long f) {
        String said = names.getOrDefault(selector, "?");
        return switch (said) {
            case "stringWithUTF8String:" -> number("text " + text(a));
            case "UTF8String" ->
                arena.allocateFrom(names.getOrDefault(receiver, "").substring("text ".length()))
                        .address();
            case "fail:error:" -> {
                MemorySegment.ofAddress(b).reinterpret(8).set(JAVA_LONG, 0, 77);
                yield 0;
            }
            case "startWithCompletionHandler:" -> {
                block = a;
                yield 0;
            }
            case "flag" -> 0xabcd_ef00L; // a truth value that is false, in a register with something above
            default -> {
                calls.add(names.getOrDefault(receiver, Long.toString(receiver)) + " " + said + " "
                        + List.of(a, b, c, d, e, f));
                yield a + b + c + d + e + f;
            }
        };
    }

    @SuppressWarnings("unused")
    private long objc_autoreleasePoolPush() {
        pools++;
        return 5;
    }

    @SuppressWarnings("unused")
    private void objc_autoreleasePoolPop(long pool) {
        pools -= pool == 5 ? 1 : 100;
    }

    @SuppressWarnings("unused")
    private long dispatch_queue_create(long label, long attributes) {
        return number("queue " + text(label) + " " + attributes);
    }

    /** The context goes to the function as it came. */
    @SuppressWarnings("unused")
    private void dispatch_sync_f(long queue, long context, long function) throws Throwable {
        calls.add("on " + names.get(queue));
        LINKER.downcallHandle(MemorySegment.ofAddress(function), FunctionDescriptor.ofVoid(JAVA_LONG))
                .invokeExact(context);
    }

    /** As a framework calls a block that it was given, from its own thread. */
    void complete(long error) throws Throwable {
        MemorySegment literal = MemorySegment.ofAddress(block).reinterpret(ObjcRuntime.BLOCK_BYTES);
        calls.add("block isa "
                + (literal.get(JAVA_LONG, 0)
                        == find("_NSConcreteGlobalBlock").orElseThrow().address())
                + " flags " + literal.get(JAVA_INT, ObjcRuntime.FLAGS_AT) + " size "
                + MemorySegment.ofAddress(literal.get(JAVA_LONG, ObjcRuntime.DESCRIPTOR_AT))
                        .reinterpret(16)
                        .get(JAVA_LONG, 8));
        long invoke = literal.get(JAVA_LONG, ObjcRuntime.INVOKE_AT);
        LINKER.downcallHandle(MemorySegment.ofAddress(invoke), FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG))
                .invokeExact(block, error);
    }
}
