package dev.mayfly.sandbox.net.wire;

import dev.mayfly.sandbox.allow.AllowSyntaxException;
import dev.mayfly.sandbox.allow.CanonicalHost;
import java.net.InetAddress;
import java.util.Optional;

/**
 * A host as a job spelled it on the wire: read by the same {@link CanonicalHost} that reads rules, so that both sides of
 * a comparison mean the same thing. What is no host to it is a value here, since refusing it is everyday work.
 */
public sealed interface TargetHost {
    /** Lower case, without trailing dot, not an address. */
    record Name(String canonical) implements TargetHost {}

    /** An address literal; a v4-mapped one is its IPv4 address. */
    record Address(InetAddress value) implements TargetHost {}

    /** Not one of the two. */
    record Malformed(String why) implements TargetHost {}

    /** Reads a bare host: no port, no brackets. Wire formats carry ASCII; international names come as A-labels. */
    static TargetHost parse(String text) {
        if (text.startsWith("[") || text.chars().anyMatch(c -> c >= 0x80)) {
            return new Malformed("the host holds characters that no host has on the wire");
        }
        try {
            return switch (CanonicalHost.parse(text)) {
                case CanonicalHost.Name name -> new Name(name.text());
                case CanonicalHost.Address address -> new Address(address.address());
            };
        } catch (AllowSyntaxException e) {
            return new Malformed(e.problem());
        }
    }

    /** Reads {@code host:port} or {@code [v6]:port}; a target that is not exactly that is malformed with port 0. */
    static HostPort parseWithPort(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            return new HostPort(new Malformed("no port"), 0);
        }
        Optional<Integer> port = port(text.substring(colon + 1));
        if (port.isEmpty()) {
            return new HostPort(new Malformed("port not in 1..65535"), 0);
        }
        return new HostPort(parsePossiblyBracketed(text.substring(0, colon)), port.get());
    }

    /** Reads a host where IPv6 must stand in brackets, as in URLs and Host headers. */
    static TargetHost parsePossiblyBracketed(String text) {
        if (text.startsWith("[") && text.endsWith("]")) {
            String inner = text.substring(1, text.length() - 1);
            return inner.indexOf(':') < 0 ? new Malformed("brackets around a host that is not IPv6") : parse(inner);
        }
        return text.indexOf(':') >= 0 ? new Malformed("IPv6 address without brackets") : parse(text);
    }

    /** A decimal port without sign, blanks or leading zeros. */
    static Optional<Integer> port(String text) {
        boolean plain = !text.isEmpty()
                && text.length() <= 5
                && text.charAt(0) != '0'
                && text.chars().allMatch(Bytes::isDigit);
        return plain ? Optional.of(Integer.parseInt(text)).filter(port -> port <= 65535) : Optional.empty();
    }
}
