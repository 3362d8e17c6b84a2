package dev.mayfly.env.fuse;

import dev.mayfly.env.fuse.FuseAbi.Out;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Where one thread builds an answer: the body begins on a page, because the kernel and the page cache copy whole pages, and
 * the header stands right before it, so that one {@code write} sends both.
 */
final class Reply {
    private static final int PAGE = 4096;

    /** Where the body begins. */
    static final long BODY = PAGE;

    private static final long HEADER = BODY - Out.SIZE;

    private final MemorySegment memory;

    Reply(Arena arena) {
        memory = Native.pages(PAGE + Answers.MOST, arena);
    }

    MemorySegment memory() {
        return memory;
    }

    /**
     * Sends what was built.
     *
     * @param body its bytes, or a negative errno without any
     * @return as {@code write}
     */
    long send(Native calls, int device, long unique, int body) {
        int bytes = Out.SIZE + Math.max(body, 0);
        Words.putInt(memory, HEADER + Out.LEN, bytes);
        Words.putInt(memory, HEADER + Out.ERROR, Math.min(body, 0));
        Words.putLong(memory, HEADER + Out.UNIQUE, unique);
        return calls.write(device, memory.address() + HEADER, bytes);
    }

    /** Asks the kernel to send again what a server before this one took and did not answer. */
    long resend(Native calls, int device) {
        Words.putInt(memory, HEADER + Out.LEN, Out.SIZE);
        Words.putInt(memory, HEADER + Out.ERROR, FuseAbi.NOTIFY_RESEND);
        Words.putLong(memory, HEADER + Out.UNIQUE, 0);
        return calls.write(device, memory.address() + HEADER, Out.SIZE);
    }
}
