package dev.mayfly.sandbox.net.wire;

import java.util.Arrays;
import java.util.Optional;

/**
 * One DNS question (RFC 1035 section 4.1), read strictly: a plain query with exactly one question in class IN, names
 * without compression, and at most one EDNS(0) record (RFC 6891) behind it. Anything else is not answered.
 *
 * @param name as asked, without trailing dot; what cannot be a host name is Malformed but still has an answer
 * @param section the question's bytes, echoed in the answer so that clients that vary the case see their own spelling
 */
@SuppressWarnings("ArrayRecordComponent") // a few bytes copied into the answer, compared by nobody
public record DnsQuestion(int id, boolean recursionDesired, TargetHost name, int type, byte[] section, boolean edns) {
    public static final int TYPE_A = 1;
    public static final int TYPE_AAAA = 28;

    private static final int HEADER = 12;
    private static final int CLASS_IN = 1;
    private static final int TYPE_OPT = 41;
    /** Of the flags only RD, AD and CD may be set in a query; opcode and response code must be 0. */
    private static final int ALLOWED_FLAGS = 0x0130;

    private static final int RECURSION_DESIRED = 0x0100;
    private static final int MAX_LABEL = 63;
    private static final int MAX_ENCODED_NAME = 255;

    /** Empty when the message is not such a question. */
    public static Optional<DnsQuestion> parse(byte[] message) {
        if (message.length < HEADER || message.length > 512) {
            return Optional.empty();
        }
        int flags = Bytes.u16(message, 2);
        int additional = Bytes.u16(message, 10);
        boolean plain = (flags & ~ALLOWED_FLAGS) == 0
                && Bytes.u16(message, 4) == 1
                && Bytes.u16(message, 6) == 0
                && Bytes.u16(message, 8) == 0
                && additional <= 1;
        if (!plain) {
            return Optional.empty();
        }
        StringBuilder name = new StringBuilder();
        int at = readName(message, name);
        if (at < 0 || at + 4 > message.length || Bytes.u16(message, at + 2) != CLASS_IN) {
            return Optional.empty();
        }
        int end = at + 4;
        if (additional == 1 ? !isOptionsRecord(message, end) : end != message.length) {
            return Optional.empty();
        }
        return Optional.of(new DnsQuestion(
                Bytes.u16(message, 0),
                (flags & RECURSION_DESIRED) != 0,
                TargetHost.parse(name.toString()),
                Bytes.u16(message, at),
                Arrays.copyOfRange(message, HEADER, end),
                additional == 1));
    }

    /** The position behind the name, or -1. A dot inside a label becomes a blank, which no host name may hold. */
    private static int readName(byte[] message, StringBuilder name) {
        int at = HEADER;
        while (at < message.length) {
            int length = message[at++] & 0xff;
            if (length == 0) {
                return at;
            }
            boolean fits =
                    length <= MAX_LABEL && at + length <= message.length && at + length - HEADER < MAX_ENCODED_NAME;
            if (!fits) {
                return -1;
            }
            if (!name.isEmpty()) {
                name.append('.');
            }
            for (int i = 0; i < length; i++) {
                char c = (char) (message[at + i] & 0xff);
                name.append(c == '.' || c == ':' ? ' ' : c);
            }
            at += length;
        }
        return -1;
    }

    /** Root name, type OPT, options as long as it says, and nothing behind it. */
    private static boolean isOptionsRecord(byte[] message, int at) {
        return at + 11 <= message.length
                && message[at] == 0
                && Bytes.u16(message, at + 1) == TYPE_OPT
                && at + 11 + Bytes.u16(message, at + 9) == message.length;
    }
}
