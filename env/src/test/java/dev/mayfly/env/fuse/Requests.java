package dev.mayfly.env.fuse;

import dev.mayfly.base.log.Log;
import dev.mayfly.env.fuse.FuseAbi.In;
import dev.mayfly.env.fuse.FuseAbi.ReadIn;
import dev.mayfly.env.view.View;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** Asks the server's answering part as the kernel would, without a kernel. */
final class Requests implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final Reads contents;
    private final Answers answers;
    private final MemorySegment request = arena.allocate(1 << 17);
    private final Reply reply = new Reply(arena);

    Requests(SomeFiles files, FuseOptions options, Log log) {
        View view = files.view();
        Sources sources = new Sources(view, files::find, options.spool());
        Backing backing = new Backing(view, sources, options, -1, log);
        Reading reading = new ViewReading(view, sources, options, log);
        FuseParts parts = new FuseParts(view, new Nodes(view, options), reading, backing, options, log);
        contents = reading.open(false, new Native(arena), arena);
        answers = parts.answers(contents);
    }

    static Requests of(SomeFiles files, Path spool) {
        return new Requests(files, FuseOptions.plain(spool), Log.off());
    }

    MemorySegment request() {
        return request;
    }

    MemorySegment reply() {
        return reply.memory();
    }

    int send(int length) {
        return answers.answer(request, length, reply.memory(), Reply.BODY);
    }

    int lookup(long directory, byte[] name) {
        header(FuseAbi.Op.LOOKUP, directory);
        MemorySegment.copy(name, 0, request, ValueLayout.JAVA_BYTE, In.SIZE, name.length);
        Words.putByte(request, In.SIZE + name.length, (byte) 0);
        return send(In.SIZE + name.length + 1);
    }

    int attributes(long node) {
        header(FuseAbi.Op.GETATTR, node);
        return send(In.SIZE + 16);
    }

    int read(int opcode, long node, long offset, int size) {
        header(opcode, node);
        Words.putLong(request, In.SIZE + ReadIn.OFFSET, offset);
        Words.putInt(request, In.SIZE + ReadIn.BYTES, size);
        return send(In.SIZE + ReadIn.SIZE);
    }

    void header(int opcode, long node) {
        Words.putInt(request, In.OPCODE, opcode);
        Words.putLong(request, In.UNIQUE, 1);
        Words.putLong(request, In.NODE, node);
    }

    @Override
    public void close() {
        contents.close();
        arena.close();
    }
}
