package dev.mayfly.mesh.transport;

import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Route;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/**
 * One address that sends and receives UD frames. Belongs to one thread. Nothing blocks but {@link #receive}, and that only
 * as long as it is told to.
 */
public interface Transport extends AutoCloseable {
    /** The longest payload that every transport takes. */
    int LARGEST_PAYLOAD = 1024;

    /** Nobody wants to know when a frame with this token left, so a transport need not find out, and may tell or not. */
    long UNWATCHED = -1;

    IpAddress address();

    /** Who makes the stamps, and so what lies between them. */
    Stamping stamping();

    /**
     * The queue pair that frames to this transport must name, where that is not for us to choose; a card that begins anew has
     * another. Empty where any will do.
     */
    default OptionalInt queuePair() {
        return OptionalInt.empty();
    }

    /**
     * Puts a frame in line for {@link #flush}; the payload is copied. A full line is flushed first.
     *
     * @param route from this address, and from a source port that this transport has
     * @param token not looked at; told again in {@link Receiver#sent} or {@link Receiver#sendFailed}, exactly once unless
     *     the stamp is lost, which a kernel may do
     */
    void send(Route route, ByteBuffer payload, int from, int length, long token);

    /** Sends what is in line. */
    void flush();

    /**
     * Hands over everything that arrived and everything that is known about what was sent.
     *
     * @param waitNanos for how long at most, when there is nothing
     * @return how many things were told
     */
    int receive(Receiver receiver, long waitNanos);

    /** What is known by now about what was sent, and without waiting; maybe more. */
    default int departures(Receiver receiver) {
        return receive(receiver, 0);
    }

    /**
     * Has one more source port from now on. One that it was opened with, or has opened, is there already.
     *
     * @return whether it is there now: somebody else may have it, or this transport cannot
     */
    default boolean openPort(int sourcePort) {
        return false;
    }

    /** Gives a port of {@link #openPort} back; what is on its way there is lost. */
    default void closePort(int sourcePort) {}

    /** Ends it; a second time does nothing. */
    @Override
    void close();
}
