package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.wasm.WasmEngine.GuestMemory;
import java.util.List;

/** Arguments, environment, clocks, randomness and waiting. */
final class WasiProcess {
    private static final int REALTIME = 0;
    private static final int PROCESS_CPUTIME = 2;
    private static final int THREAD_CPUTIME = 3;

    private static final int SUBSCRIPTION_BYTES = 48;
    private static final int EVENT_BYTES = 32;
    private static final int MAX_SUBSCRIPTIONS = 4096;
    private static final int MAX_RANDOM_CHUNK = 1 << 16;

    private final WasiContext context;

    WasiProcess(WasiContext context) {
        this.context = context;
    }

    void register(WasiTable table) {
        table.add("args_get", "ii", (m, a) -> strings(m, a, context.arguments()));
        table.add("args_sizes_get", "ii", (m, a) -> sizes(m, a, context.arguments()));
        table.add("environ_get", "ii", (m, a) -> strings(m, a, context.environment()));
        table.add("environ_sizes_get", "ii", (m, a) -> sizes(m, a, context.environment()));
        table.add("clock_res_get", "ii", (m, a) -> {
            clock((int) a[0]);
            m.writeLong((int) a[1], 1);
            return Errno.SUCCESS;
        });
        table.add("clock_time_get", "iIi", (m, a) -> {
            m.writeLong((int) a[2], clock((int) a[0]));
            return Errno.SUCCESS;
        });
        table.add("random_get", "ii", (m, a) -> random(m, (int) a[0], (int) a[1]));
        table.add("sched_yield", "", (_, _) -> Errno.SUCCESS);
        table.add("proc_raise", "i", (_, _) -> {
            context.denials().add("wasm.imports", "proc_raise");
            return Errno.NOTSUP;
        });
        table.add("poll_oneoff", "iiii", this::poll);
    }

    private static int strings(GuestMemory memory, long[] a, List<byte[]> strings) {
        int pointer = (int) a[0];
        int text = (int) a[1];
        for (byte[] string : strings) {
            memory.writeInt(pointer, text);
            memory.write(text, string, 0, string.length);
            memory.writeByte(text + string.length, 0);
            pointer += 4;
            text += string.length + 1;
        }
        return Errno.SUCCESS;
    }

    private static int sizes(GuestMemory memory, long[] a, List<byte[]> strings) {
        memory.writeInt((int) a[0], strings.size());
        memory.writeInt(
                (int) a[1],
                strings.stream().mapToInt(string -> string.length + 1).sum());
        return Errno.SUCCESS;
    }

    private long clock(int id) {
        if (id < REALTIME || id > THREAD_CPUTIME) {
            throw new WasiException(Errno.INVAL);
        }
        return switch (id) {
            case REALTIME -> context.meter().realtime();
            case PROCESS_CPUTIME, THREAD_CPUTIME -> context.meter().used();
            default -> context.meter().monotonic();
        };
    }

    private int random(GuestMemory memory, int address, int length) {
        if (length < 0) {
            throw new WasiException(Errno.FAULT);
        }
        for (int done = 0; done < length; done += MAX_RANDOM_CHUNK) {
            byte[] chunk = new byte[Math.min(MAX_RANDOM_CHUNK, length - done)];
            context.meter().charge(chunk.length);
            context.random().fill(chunk);
            memory.write(address + done, chunk, 0, chunk.length);
        }
        return Errno.SUCCESS;
    }

    /**
     * Files, and streams, are always ready; when nothing but clocks is waited for, the virtual clock jumps to the
     * earliest. Nobody ever waits in real time.
     */
    private int poll(GuestMemory memory, long[] a) {
        int in = (int) a[0];
        int out = (int) a[1];
        int count = (int) a[2];
        if (count <= 0 || count > MAX_SUBSCRIPTIONS) {
            throw new WasiException(Errno.INVAL);
        }
        context.meter().charge(20L * count);
        long earliest = Long.MAX_VALUE;
        boolean ready = false;
        for (int i = 0; i < count; i++) {
            int at = in + i * SUBSCRIPTION_BYTES;
            int tag = subscriptionTag(memory, at);
            if (tag == 0) {
                earliest = Math.min(earliest, deadline(memory, at));
            } else {
                ready = true;
            }
        }
        if (!ready) {
            context.meter().sleepUntil(earliest);
        }
        int events = 0;
        for (int i = 0; i < count; i++) {
            int at = in + i * SUBSCRIPTION_BYTES;
            int tag = subscriptionTag(memory, at);
            if (tag != 0 || deadline(memory, at) <= context.meter().monotonic()) {
                event(memory, out + events++ * EVENT_BYTES, at, tag);
            }
        }
        memory.writeInt((int) a[3], events);
        return Errno.SUCCESS;
    }

    private static int subscriptionTag(GuestMemory memory, int at) {
        int tag = memory.readInt(at + 8) & 0xff;
        if (tag > 2) {
            throw new WasiException(Errno.INVAL);
        }
        return tag;
    }

    /** In monotonic nanoseconds. */
    private long deadline(GuestMemory memory, int at) {
        int id = memory.readInt(at + 16);
        long now = clock(id);
        long timeout = memory.readLong(at + 24);
        boolean absolute = (memory.readInt(at + 40) & 1) != 0;
        long left = absolute ? timeout - now : timeout;
        if (timeout < 0) {
            left = Long.MAX_VALUE;
        }
        long monotonic = context.meter().monotonic();
        return left > Long.MAX_VALUE - monotonic ? Long.MAX_VALUE : monotonic + Math.max(0, left);
    }

    private void event(GuestMemory memory, int out, int subscription, int tag) {
        int error = Errno.SUCCESS;
        long bytes = 0;
        if (tag != 0) {
            int fd = memory.readInt(subscription + 16);
            try {
                bytes = readable(fd, tag);
            } catch (WasiException e) {
                error = e.errno();
            }
        }
        memory.writeLong(out, memory.readLong(subscription));
        memory.writeShort(out + 8, error);
        memory.writeShort(out + 10, tag);
        memory.writeInt(out + 12, 0);
        memory.writeLong(out + 16, bytes);
        memory.writeLong(out + 24, 0);
    }

    private long readable(int fd, int tag) {
        return switch (context.descriptors().get(fd)) {
            case Descriptor.Stream stream ->
                stream.number == 0 && tag == 1 ? context.stdin().available() : 0;
            case Descriptor.OpenFile file -> tag == 1 ? Math.max(0, file.file.size() - file.position) : 0;
            case Descriptor.OpenDirectory _ -> throw new WasiException(Errno.BADF);
        };
    }
}
