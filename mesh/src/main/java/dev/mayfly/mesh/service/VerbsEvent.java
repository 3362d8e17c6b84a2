package dev.mayfly.mesh.service;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One call of libibverbs, or the end of a process that made some.
 *
 * @param controlGroup of the process, by the number that the kernel has for it
 * @param mask which attributes a change of state sets
 * @param type of the queue pair
 * @param flowLabel that the application asked for; 0 for none
 * @param gidIndex which address of the port it sends from
 * @param probe which of our probes saw it
 * @param device name of the card
 */
public record VerbsEvent(
        ConnectionTuple tuple,
        long controlGroup,
        int mask,
        int type,
        int flowLabel,
        int gidIndex,
        int probe,
        String device) {
    /** Behind the tuple. */
    public static final int CONTROL_GROUP = ConnectionTuple.BYTES;

    public static final int MASK = 88;
    public static final int TYPE = 92;
    public static final int FLOW_LABEL = 96;
    public static final int GID_INDEX = 100;
    public static final int PROBE = 104;
    public static final int DEVICE = 112;
    public static final int DEVICE_BYTES = 64;
    public static final int BYTES = DEVICE + DEVICE_BYTES;

    private static final int SETS_STATE = 1;
    private static final int SETS_ADDRESS = 1 << 7;
    private static final int SETS_REMOTE_QUEUE_PAIR = 1 << 20;
    private static final int LARGEST_LABEL = 0xFFFFF;

    public static VerbsEvent read(ByteBuffer in, int at) {
        ByteBuffer bytes = in.slice(at, BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return new VerbsEvent(
                ConnectionTuple.read(in, at),
                bytes.getLong(CONTROL_GROUP),
                bytes.getInt(MASK),
                bytes.getInt(TYPE),
                bytes.getInt(FLOW_LABEL) & LARGEST_LABEL,
                Byte.toUnsignedInt(bytes.get(GID_INDEX)),
                bytes.getInt(PROBE),
                ConnectionTuple.text(bytes, DEVICE, DEVICE_BYTES));
    }

    boolean setsState() {
        return (mask & SETS_STATE) != 0;
    }

    /** Whether it says where to. */
    boolean connects() {
        return (mask & SETS_ADDRESS) != 0 && (mask & SETS_REMOTE_QUEUE_PAIR) != 0;
    }

    /** Whether both tell of one call, seen by two probes. */
    public boolean sameCallAs(VerbsEvent other) {
        return probe != other.probe
                && tuple.thread() == other.tuple.thread()
                && tuple.event() == other.tuple.event()
                && tuple.state() == other.tuple.state()
                && tuple.localQueuePair() == other.tuple.localQueuePair()
                && tuple.remoteQueuePair() == other.tuple.remoteQueuePair()
                && tuple.remote().equals(other.tuple.remote())
                && mask == other.mask
                && device.equals(other.device)
                && Math.abs(tuple.nanos() - other.tuple.nanos()) < 1_000_000;
    }
}
