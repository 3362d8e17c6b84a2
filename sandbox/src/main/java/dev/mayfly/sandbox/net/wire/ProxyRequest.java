package dev.mayfly.sandbox.net.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a client of the box's proxy port asks for: HTTP CONNECT (RFC 9110 section 9.3.6) or SOCKS5 CONNECT without
 * authentication (RFC 1928). Parsers look at all bytes that have come so far and say how many they used.
 */
public sealed interface ProxyRequest {
    /** More bytes are needed to say. */
    record Incomplete() implements ProxyRequest {}

    /** A well-formed wish; the host itself may still be malformed. {@code spelled} is for reports. */
    record Connect(HostPort target, String spelled, int used) implements ProxyRequest {}

    /** Not a request this proxy serves. */
    record Malformed(String why) implements ProxyRequest {}

    int SOCKS_VERSION = 5;
    int MAX_HEAD = 16 * 1024;

    /** The answer to a SOCKS5 greeting: bytes used, and whether "no authentication" was offered; 0 used = incomplete. */
    record Greeting(int used, boolean acceptable) {}

    static Greeting socksGreeting(byte[] bytes, int length) {
        if (length < 2 || length < 2 + (bytes[1] & 0xff)) {
            return new Greeting(0, true);
        }
        int methods = bytes[1] & 0xff;
        boolean noAuthentication = false;
        for (int i = 0; i < methods; i++) {
            noAuthentication |= bytes[2 + i] == 0;
        }
        return new Greeting(2 + methods, bytes[0] == SOCKS_VERSION && noAuthentication);
    }

    static ProxyRequest socks(byte[] bytes, int length) {
        if (length < 5) {
            return new Incomplete();
        }
        if (bytes[0] != SOCKS_VERSION || bytes[2] != 0) {
            return new Malformed("not a SOCKS5 request");
        }
        if (bytes[1] != 1) {
            return new Malformed("SOCKS command other than CONNECT");
        }
        int type = bytes[3];
        int addressLength = switch (type) {
            case 1 -> 4;
            case 3 -> 1 + (bytes[4] & 0xff);
            case 4 -> 16;
            default -> -1;
        };
        if (addressLength < 0) {
            return new Malformed("unknown SOCKS address type");
        }
        int used = 4 + addressLength + 2;
        if (length < used) {
            return new Incomplete();
        }
        int port = Bytes.u16(bytes, used - 2);
        if (port == 0) {
            return new Malformed("port 0");
        }
        if (type == 3) {
            String name = new String(bytes, 5, addressLength - 1, StandardCharsets.ISO_8859_1);
            return new Connect(new HostPort(TargetHost.parse(name), port), name + ":" + port, used);
        }
        try {
            InetAddress address = InetAddress.getByAddress(Arrays.copyOfRange(bytes, 4, 4 + addressLength));
            String spelled = address.getHostAddress() + ":" + port;
            return new Connect(new HostPort(new TargetHost.Address(address), port), spelled, used);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + addressLength + " bytes", e);
        }
    }

    static ProxyRequest http(byte[] bytes, int length) {
        int end = endOfHead(bytes, length);
        if (end < 0) {
            return length >= MAX_HEAD ? new Malformed("proxy request too long") : new Incomplete();
        }
        try {
            HttpHead head = HttpHead.parse(bytes, 0, end);
            if (!head.method().equals("CONNECT")) {
                return new Malformed("proxy request other than CONNECT");
            }
            return new Connect(TargetHost.parseWithPort(head.target()), head.target(), end);
        } catch (HttpHead.MalformedHead e) {
            return new Malformed(String.valueOf(e.getMessage()));
        }
    }

    private static int endOfHead(byte[] bytes, int length) {
        for (int i = 3; i < length; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n' && bytes[i - 3] == '\r') {
                return i + 1;
            }
        }
        return -1;
    }
}
