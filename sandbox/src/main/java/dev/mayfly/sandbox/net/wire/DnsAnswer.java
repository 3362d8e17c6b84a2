package dev.mayfly.sandbox.net.wire;

import java.net.Inet4Address;
import java.nio.ByteBuffer;

/** Builds the answers of the box's name server (RFC 1035 section 4.1); they never hold a name of the world outside. */
public final class DnsAnswer {
    /** Answers are for one job only; a short life keeps long-lived resolvers from holding them over a restart. */
    private static final int TTL_SECONDS = 60;

    private static final int RESPONSE = 0x8000;
    private static final int AUTHORITATIVE = 0x0400;
    private static final int RECURSION_DESIRED = 0x0100;
    private static final int RECURSION_AVAILABLE = 0x0080;
    private static final int NO_SUCH_NAME = 3;
    private static final int REFUSED = 5;
    private static final int TYPE_OPT = 41;
    private static final int UDP_PAYLOAD = 1232;
    private static final int POINTER_TO_QUESTION = 0xc00c;

    private DnsAnswer() {}

    public static byte[] address(DnsQuestion question, Inet4Address address) {
        ByteBuffer out = begin(question, 0, 1);
        out.putShort((short) POINTER_TO_QUESTION)
                .putShort((short) DnsQuestion.TYPE_A)
                .putShort((short) 1)
                .putInt(TTL_SECONDS)
                .putShort((short) 4)
                .put(address.getAddress());
        return finish(question, out);
    }

    /** The name exists, but not with this type. */
    public static byte[] noData(DnsQuestion question) {
        return finish(question, begin(question, 0, 0));
    }

    public static byte[] noSuchName(DnsQuestion question) {
        return finish(question, begin(question, NO_SUCH_NAME, 0));
    }

    public static byte[] refused(DnsQuestion question) {
        return finish(question, begin(question, REFUSED, 0));
    }

    private static ByteBuffer begin(DnsQuestion question, int code, int answers) {
        int flags = RESPONSE | AUTHORITATIVE | RECURSION_AVAILABLE | code;
        return ByteBuffer.allocate(12 + question.section().length + 16 + 11)
                .putShort((short) question.id())
                .putShort((short) (question.recursionDesired() ? flags | RECURSION_DESIRED : flags))
                .putShort((short) 1)
                .putShort((short) answers)
                .putShort((short) 0)
                .putShort((short) (question.edns() ? 1 : 0))
                .put(question.section());
    }

    private static byte[] finish(DnsQuestion question, ByteBuffer out) {
        if (question.edns()) {
            out.put((byte) 0)
                    .putShort((short) TYPE_OPT)
                    .putShort((short) UDP_PAYLOAD)
                    .putInt(0)
                    .putShort((short) 0);
        }
        byte[] message = new byte[out.position()];
        out.flip().get(message);
        return message;
    }
}
