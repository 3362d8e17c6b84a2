package dev.mayfly.env.fuse;

import dev.mayfly.base.log.Log;
import dev.mayfly.env.fuse.FuseAbi.In;
import dev.mayfly.env.fuse.FuseAbi.Op;
import dev.mayfly.env.fuse.FuseAbi.ReadIn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One thread that takes requests from its own descriptor of the connection, answers them and takes the next. An answer must
 * go to the descriptor from which the request came. A native thread, because reading blocks in the kernel.
 */
final class Worker {
    /**
     * The kernel refuses a read that has no room for the largest request, which is a WRITE of one page here; values of
     * extended attributes have up to 64 KiB.
     */
    private static final int REQUEST = 1 << 17;

    private static final int LONGEST_TARGET = 4095;

    /** When to begin and when to end. */
    interface Turn {
        /** Whether it is worth while to rehearse before. */
        boolean isFarOff();

        /** Says that this thread is ready, and waits. */
        void await();

        boolean isOver();
    }

    /** Takes what would keep this thread from other requests. */
    interface Later {
        void read(int device, long unique, int node, long offset, int size);
    }

    private final int device;
    private final FuseParts parts;
    private final Later later;
    private final Turn turn;
    private final Counters counters = new Counters();
    private final Log log;
    private volatile int thread;

    Worker(int device, FuseParts parts, Later later, Turn turn, Log log) {
        this.device = device;
        this.parts = parts;
        this.later = later;
        this.turn = turn;
        this.log = log;
    }

    Counters counters() {
        return counters;
    }

    /** The kernel's number of the thread that runs this, 0 before it does. */
    int thread() {
        return thread;
    }

    /** Makes ready, and when it is the turn serves until the connection ends or the server is stopped. */
    void run() {
        try (Arena arena = Arena.ofConfined()) {
            Native calls = new Native(arena);
            thread = Signals.self(calls);
            try (Reads contents = parts.reading().open(false, calls, arena)) {
                Answers answers = parts.answers(contents);
                MemorySegment request = Native.pages(REQUEST, arena);
                Reply reply = new Reply(arena);
                if (turn.isFarOff()) {
                    new Rehearsal(calls, answers, request, reply).of(parts.view());
                }
                turn.await();
                serve(calls, answers, request, reply);
            }
        }
    }

    private void serve(Native calls, Answers answers, MemorySegment request, Reply reply) {
        while (!turn.isOver()) {
            long n = calls.read(device, request.address(), REQUEST);
            if (n >= In.SIZE) {
                answer(calls, answers, request, (int) n, reply);
            } else if (n == -Native.ENODEV || n == -Native.ECONNABORTED) {
                return; // unmounted, or ended by an administrator
            } else if (n != -Native.EINTR && n != -Native.ENOENT && n != -Native.EAGAIN) {
                // ENOENT: the request was taken back while it was being read.
                log.error().with("errno", -n).log("the connection to the kernel broke");
                return;
            }
        }
    }

    private void answer(Native calls, Answers answers, MemorySegment request, int length, Reply reply) {
        int opcode = Words.getInt(request, In.OPCODE);
        long unique = Words.getLong(request, In.UNIQUE);
        int body = body(answers, request, length, reply);
        if (body == Answers.NONE) {
            return;
        }
        if (body == Reads.LATER) {
            postpone(opcode, unique, request);
            return;
        }
        counters.answered(opcode, body);
        long sent = reply.send(calls, device, unique, body);
        // ENOENT: whoever asked was killed meanwhile. Ends of the connection are met by the next read.
        if (sent < 0 && sent != -Native.ENOENT && sent != -Native.ENODEV && sent != -Native.ECONNABORTED) {
            log.warn().with("opcode", opcode).with("errno", -sent).log("the kernel did not take an answer");
        }
    }

    /** A fault of ours is an error for the one who asked and must not end the thread. */
    private int body(Answers answers, MemorySegment request, int length, Reply reply) {
        if (Words.getInt(request, In.LEN) != length) {
            return -Native.EIO;
        }
        try {
            return answers.answer(request, length, reply.memory(), Reply.BODY);
        } catch (RuntimeException e) {
            log.error()
                    .with("opcode", Words.getInt(request, In.OPCODE))
                    .cause(e)
                    .log("a request could not be answered");
            return -Native.EIO;
        }
    }

    private void postpone(int opcode, long unique, MemorySegment request) {
        int node = (int) (Words.getLong(request, In.NODE) - FuseAbi.ROOT_ID);
        if (opcode == Op.READ) {
            int size = Math.min(Words.getInt(request, In.SIZE + ReadIn.BYTES), Answers.MOST);
            later.read(device, unique, node, Words.getLong(request, In.SIZE + ReadIn.OFFSET), size);
        } else {
            later.read(device, unique, node, 0, LONGEST_TARGET);
        }
    }
}
