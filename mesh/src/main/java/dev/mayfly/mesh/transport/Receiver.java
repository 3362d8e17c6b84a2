package dev.mayfly.mesh.transport;

import dev.mayfly.mesh.wire.Decoded;
import dev.mayfly.mesh.wire.FrameView;
import dev.mayfly.mesh.wire.IpAddress;

/** Is told what happened on a transport. Views are valid during the call only. Stamps are nanoseconds, never 0. */
public interface Receiver {
    /** @param sourcePort of UDP; 0 when the transport cannot tell, since a card took the header off */
    void arrived(IpAddress source, int sourcePort, FrameView frame, long stamp);

    /** A frame that was changed on its way. */
    void damaged(IpAddress source, int sourcePort, FrameView claims);

    /** Something else came to our port. */
    void rejected(IpAddress source, Decoded.Rejected why);

    /** The frame with this token left at this time. */
    void sent(long token, long stamp);

    void sendFailed(long token);
}
