package dev.mayfly.mesh.probe;

import java.nio.ByteBuffer;

/**
 * The 40 bytes that a probe or an answer carries, big-endian:
 *
 * <pre>
 *  0 version 1 · 1 type (0 probe, 1 answer) · 2 which answer (0, 1, 2) · 3 flags 0
 *  4 number of the probe · 12 T1, always 0 · 20 T3 · 28 T4 · 36 of a probe its source port, else 0 · 38 reserved 0
 * </pre>
 *
 * A stamp of 0 is none. This is the format of the open-source R-Pingmesh agents, so that they answer us and we them;
 * they have nothing at 36. Cards take the UDP header off, and who answers wants to know the port. Stateless.
 */
public final class ProbeMessage {
    public static final int BYTES = 40;

    private static final int VERSION = 1;
    private static final int NUMBER_AT = 4;
    private static final int T3_AT = 20;
    private static final int T4_AT = 28;
    private static final int PORT_AT = 36;

    /** What a payload is. */
    public enum Kind {
        PROBE(0),
        /** The first answer, with T3. */
        ACK1(0x0101),
        /** The second answer, with T3 and T4; T4 is known only when the first has left. */
        ACK2(0x0102),
        /** Something else. */
        FOREIGN(-1);

        private final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    private ProbeMessage() {}

    public static void writeProbe(ByteBuffer out, int at, long number, int sourcePort) {
        write(Kind.PROBE, out, at, number, 0, 0);
        out.putShort(at + PORT_AT, (short) sourcePort);
    }

    public static void writeAck1(ByteBuffer out, int at, long number, long t3) {
        write(Kind.ACK1, out, at, number, t3, 0);
    }

    public static void writeAck2(ByteBuffer out, int at, long number, long t3, long t4) {
        write(Kind.ACK2, out, at, number, t3, t4);
    }

    private static void write(Kind kind, ByteBuffer out, int at, long number, long t3, long t4) {
        out.put(at, (byte) VERSION);
        out.putShort(at + 1, (short) kind.code);
        out.put(at + 3, (byte) 0);
        out.putLong(at + NUMBER_AT, number);
        out.putLong(at + NUMBER_AT + Long.BYTES, 0);
        out.putLong(at + T3_AT, t3);
        out.putLong(at + T4_AT, t4);
        out.putInt(at + T4_AT + Long.BYTES, 0);
    }

    /** Looks at hostile bytes; flags and reserved bytes may be used by later versions and are not looked at. */
    public static Kind kind(ByteBuffer in, int at, int bytes) {
        if (bytes < BYTES || in.get(at) != VERSION) {
            return Kind.FOREIGN;
        }
        boolean t3 = t3(in, at) != 0;
        boolean t4 = t4(in, at) != 0;
        return switch (Short.toUnsignedInt(in.getShort(at + 1))) {
            case 0 -> Kind.PROBE;
            case 0x0101 -> t3 ? Kind.ACK1 : Kind.FOREIGN;
            case 0x0102 -> t3 && t4 ? Kind.ACK2 : Kind.FOREIGN;
            default -> Kind.FOREIGN;
        };
    }

    public static long number(ByteBuffer in, int at) {
        return in.getLong(at + NUMBER_AT);
    }

    /** From which port a probe says that it was sent; 0 when it does not say. */
    public static int sourcePort(ByteBuffer in, int at) {
        return Short.toUnsignedInt(in.getShort(at + PORT_AT));
    }

    public static long t3(ByteBuffer in, int at) {
        return in.getLong(at + T3_AT);
    }

    public static long t4(ByteBuffer in, int at) {
        return in.getLong(at + T4_AT);
    }
}
