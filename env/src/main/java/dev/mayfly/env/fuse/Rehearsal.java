package dev.mayfly.env.fuse;

import dev.mayfly.base.log.Log;
import dev.mayfly.env.fuse.FuseAbi.In;
import dev.mayfly.env.fuse.FuseAbi.Op;
import dev.mayfly.env.fuse.FuseAbi.ReadIn;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.view.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** Goes through the answers of a server on a view, for the sake of the code and not of the answers. */
final class Rehearsal {
    private static final int PIECE = 4096;
    private static final long REQUEST = 512;

    /** Enough for both compilers; a view that is small is gone through again. */
    private static final int ROUNDS = 20_000;

    private static final Duration LONGEST = Duration.ofSeconds(1);

    private Rehearsal() {}

    static void of(View view, Function<Digest, Optional<Payload>> payloads, FuseOptions options, Log log) {
        try (Arena arena = Arena.ofConfined();
                Sources sources = new Sources(view, payloads, options.spool())) {
            Backing none = new Backing(view, sources, options, -1, log);
            FuseParts parts = new FuseParts(view, new Nodes(view, options), sources, none, options, log);
            try (Contents contents = parts.contents(false, new Native(arena), arena)) {
                go(view, parts.answers(contents), arena.allocate(REQUEST, Long.BYTES), new Reply(arena));
            }
        }
    }

    private static void go(View view, Answers answers, MemorySegment request, Reply reply) {
        long end = System.nanoTime() + LONGEST.toNanos();
        for (int i = 0; i < ROUNDS && System.nanoTime() < end; i++) {
            int node = i % view.count();
            header(request, Op.GETATTR, node);
            answers.answer(request, In.SIZE + 16, reply.memory(), Reply.BODY);
            piece(answers, request, reply, view.isDirectory(node) ? Op.READDIRPLUS : Op.READ, node);
            if (node != View.ROOT) {
                RawName name = view.name(node);
                header(request, Op.LOOKUP, view.parent(node));
                for (int at = 0; at < name.length(); at++) {
                    Words.putByte(request, (long) In.SIZE + at, name.at(at));
                }
                Words.putByte(request, (long) In.SIZE + name.length(), (byte) 0);
                answers.answer(request, In.SIZE + name.length() + 1, reply.memory(), Reply.BODY);
            }
        }
    }

    private static void piece(Answers answers, MemorySegment request, Reply reply, int opcode, int node) {
        header(request, opcode, node);
        Words.putLong(request, In.SIZE + ReadIn.OFFSET, 0);
        Words.putInt(request, In.SIZE + ReadIn.BYTES, PIECE);
        answers.answer(request, In.SIZE + ReadIn.SIZE, reply.memory(), Reply.BODY);
    }

    private static void header(MemorySegment request, int opcode, int node) {
        Words.putInt(request, In.OPCODE, opcode);
        Words.putLong(request, In.NODE, node + FuseAbi.ROOT_ID);
    }
}
