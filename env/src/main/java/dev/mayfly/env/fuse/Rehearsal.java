package dev.mayfly.env.fuse;

import dev.mayfly.env.fuse.FuseAbi.In;
import dev.mayfly.env.fuse.FuseAbi.Op;
import dev.mayfly.env.fuse.FuseAbi.ReadIn;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.view.View;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * Answers requests that nobody sent, for the sake of the code and not of the answers: the first ones of a fresh Java machine
 * take a hundred times as long as the later ones.
 */
final class Rehearsal {
    private static final int PIECE = 4096;
    private static final int NOWHERE = -1;

    /** Enough for the first compiler (its thresholds are some thousand calls); a small view is gone through again. */
    private static final int ROUNDS = 4_000;

    private static final Duration LONGEST = Duration.ofSeconds(1);

    private final Native calls;
    private final Answers answers;
    private final MemorySegment request;
    private final Reply reply;

    Rehearsal(Native calls, Answers answers, MemorySegment request, Reply reply) {
        this.calls = calls;
        this.answers = answers;
        this.request = request;
        this.reply = reply;
    }

    void of(View view) {
        long end = System.nanoTime() + LONGEST.toNanos();
        for (int i = 0; i < ROUNDS && System.nanoTime() < end; i++) {
            int node = i % view.count();
            ask(Op.GETATTR, node, In.SIZE + 16);
            Words.putLong(request, In.SIZE + ReadIn.OFFSET, 0);
            Words.putInt(request, In.SIZE + ReadIn.BYTES, PIECE);
            ask(view.isDirectory(node) ? Op.READDIRPLUS : Op.READ, node, In.SIZE + ReadIn.SIZE);
            if (node != View.ROOT) {
                RawName name = view.name(node);
                for (int at = 0; at < name.length(); at++) {
                    Words.putByte(request, (long) In.SIZE + at, name.at(at));
                }
                Words.putByte(request, (long) In.SIZE + name.length(), (byte) 0);
                ask(Op.LOOKUP, view.parent(node), In.SIZE + name.length() + 1);
            }
        }
    }

    private void ask(int opcode, int node, int length) {
        Words.putInt(request, In.OPCODE, opcode);
        Words.putLong(request, In.NODE, node + FuseAbi.ROOT_ID);
        int body = answers.answer(request, length, reply.memory(), Reply.BODY);
        reply.send(calls, NOWHERE, 0, Math.max(body, 0));
    }
}
