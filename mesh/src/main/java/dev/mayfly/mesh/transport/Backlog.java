package dev.mayfly.mesh.transport;

import dev.mayfly.mesh.wire.Decoded;
import dev.mayfly.mesh.wire.FrameView;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.ArrayDeque;

/** What became known while sending, until the next time that somebody receives. */
public final class Backlog implements Receiver {
    private record Note(long token, long stamp) {}

    private static final long FAILED = 0;

    private final ArrayDeque<Note> notes = new ArrayDeque<>();

    public int tell(Receiver receiver) {
        int told = notes.size();
        for (int i = 0; i < told; i++) {
            Note note = notes.remove();
            if (note.stamp() == FAILED) {
                receiver.sendFailed(note.token());
            } else {
                receiver.sent(note.token(), note.stamp());
            }
        }
        return told;
    }

    @Override
    public void sent(long token, long stamp) {
        notes.add(new Note(token, stamp));
    }

    @Override
    public void sendFailed(long token) {
        notes.add(new Note(token, FAILED));
    }

    @Override
    public void arrived(IpAddress source, int sourcePort, FrameView frame, long stamp) {
        throw new IllegalStateException("nothing arrives while sending");
    }

    @Override
    public void damaged(IpAddress source, int sourcePort, FrameView claims) {
        throw new IllegalStateException("nothing arrives while sending");
    }

    @Override
    public void rejected(IpAddress source, Decoded.Rejected why) {
        throw new IllegalStateException("nothing arrives while sending");
    }
}
