package dev.mayfly.mesh.transport;

import dev.mayfly.mesh.wire.Decoded;
import dev.mayfly.mesh.wire.FrameView;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Keeps what a transport tells. */
public final class Heard implements Receiver {
    /** A frame, copied. */
    public record Arrival(
            IpAddress source, int sourcePort, int targetQp, int sourceQp, int key, byte[] payload, long stamp) {}

    public final List<Arrival> arrived = new ArrayList<>();
    public final Map<Long, Long> sent = new HashMap<>();
    public final List<Decoded.Rejected> rejected = new ArrayList<>();
    public int damaged;
    public int failed;

    @Override
    public void arrived(IpAddress source, int sourcePort, FrameView frame, long stamp) {
        byte[] payload = new byte[frame.payloadBytes()];
        frame.buffer().get(frame.payloadAt(), payload);
        arrived.add(
                new Arrival(source, sourcePort, frame.targetQp(), frame.sourceQp(), frame.queueKey(), payload, stamp));
    }

    @Override
    public void damaged(IpAddress source, int sourcePort, FrameView claims) {
        damaged++;
    }

    @Override
    public void rejected(IpAddress source, Decoded.Rejected why) {
        rejected.add(why);
    }

    @Override
    public void sent(long token, long stamp) {
        if (sent.put(token, stamp) != null && token != Transport.UNWATCHED) {
            throw new AssertionError("token " + token + " told twice");
        }
    }

    @Override
    public void sendFailed(long token) {
        failed++;
    }
}
