package dev.mayfly.sandbox.net;

import dev.mayfly.sandbox.net.wire.Bytes;
import dev.mayfly.sandbox.net.wire.HostPort;
import dev.mayfly.sandbox.net.wire.Printable;
import dev.mayfly.sandbox.net.wire.TargetHost;
import java.net.Inet4Address;
import java.net.InetAddress;

/** How destinations are written in evidence: {@code tcp example.org:443}, {@code udp [2001:db8::1]:443}. */
final class Subject {
    private Subject() {}

    static String tcp(HostPort target, String spelled) {
        return switch (target.host()) {
            case TargetHost.Name name -> "tcp " + name.canonical() + ":" + target.port();
            case TargetHost.Address address -> "tcp " + endpoint(address.value(), target.port());
            case TargetHost.Malformed malformed -> "tcp " + Printable.of(spelled);
        };
    }

    static String endpoint(InetAddress address, int port) {
        return address instanceof Inet4Address
                ? address.getHostAddress() + ":" + port
                : "[" + ipv6(address.getAddress()) + "]:" + port;
    }

    /** The canonical text form, RFC 5952: the longest run of zero groups (two at least, the first of equals) as "::". */
    static String ipv6(byte[] bytes) {
        int[] groups = new int[8];
        for (int i = 0; i < groups.length; i++) {
            groups[i] = Bytes.u16(bytes, 2 * i);
        }
        int bestStart = -1;
        int bestLength = 1;
        for (int start = 0; start < groups.length; start++) {
            int end = start;
            while (end < groups.length && groups[end] == 0) {
                end++;
            }
            if (end - start > bestLength) {
                bestStart = start;
                bestLength = end - start;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < groups.length; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
