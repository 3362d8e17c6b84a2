package dev.mayfly.sandbox.net.wire;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A host as a job spelled it, in one canonical form. A spelling that two parsers could read differently is malformed, not
 * interpreted: that is what keeps {@code 0x7f.1}, {@code 127.0.0.1%00.good.example} and {@code good.example@evil} out.
 */
public sealed interface TargetHost {
    /** Lower case, LDH labels (underscore allowed), no trailing dot, at most 253 characters, not an address. */
    record Name(String canonical) implements TargetHost {}

    /** A dotted quad or an IPv6 literal; a v4-mapped one is its IPv4 address. */
    record Address(InetAddress value) implements TargetHost {}

    /** Not one of the two. */
    record Malformed(String why) implements TargetHost {}

    int MAX_NAME = 253;
    int MAX_LABEL = 63;

    /** Reads a bare host: no port, no brackets. */
    static TargetHost parse(String text) {
        if (text.isEmpty()) {
            return new Malformed("empty host");
        }
        if (text.indexOf(':') >= 0) {
            return ipv6(text)
                    .<TargetHost>map(Address::new)
                    .orElseGet(() -> new Malformed("not an IPv6 address without zone"));
        }
        String bare = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (bare.length() > MAX_NAME) {
            return new Malformed("host name longer than " + MAX_NAME);
        }
        String[] labels = bare.split("\\.", -1);
        for (String label : labels) {
            Optional<String> wrong = wrongLabel(label);
            if (wrong.isPresent()) {
                return new Malformed(wrong.get());
            }
        }
        if (looksNumeric(labels[labels.length - 1])) {
            return ipv4(text)
                    .<TargetHost>map(Address::new)
                    .orElseGet(() -> new Malformed("numeric host that is not a dotted quad"));
        }
        return new Name(bare.toLowerCase(Locale.ROOT));
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
        if (text.isEmpty() || text.length() > 5 || text.charAt(0) == '0') {
            return Optional.empty();
        }
        int value = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Bytes.isDigit(c)) {
                return Optional.empty();
            }
            value = value * 10 + (c - '0');
        }
        return value <= 65535 ? Optional.of(value) : Optional.empty();
    }

    private static Optional<String> wrongLabel(String label) {
        if (label.isEmpty()) {
            return Optional.of("empty label in host name");
        }
        if (label.length() > MAX_LABEL) {
            return Optional.of("label longer than " + MAX_LABEL);
        }
        if (label.startsWith("-") || label.endsWith("-")) {
            return Optional.of("label begins or ends with a hyphen");
        }
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            if (!Bytes.isLetterOrDigit(c) && c != '-' && c != '_') {
                return Optional.of("character not allowed in a host name");
            }
        }
        return Optional.empty();
    }

    /** What inet_aton and the WHATWG host parser would take for the end of an IPv4 address. */
    private static boolean looksNumeric(String lastLabel) {
        String lower = lastLabel.toLowerCase(Locale.ROOT);
        if (lower.startsWith("0x")) {
            return lower.substring(2).chars().allMatch(c -> Character.digit(c, 16) >= 0);
        }
        return lower.chars().allMatch(Bytes::isDigit);
    }

    /** Four decimal numbers 0 to 255 without leading zeros, nothing else. */
    private static Optional<InetAddress> ipv4(String text) {
        String[] parts = text.split("\\.", -1);
        byte[] bytes = new byte[4];
        if (parts.length != bytes.length) {
            return Optional.empty();
        }
        for (int i = 0; i < bytes.length; i++) {
            String part = parts[i];
            boolean decimal = !part.isEmpty()
                    && part.length() <= 3
                    && part.chars().allMatch(Bytes::isDigit)
                    && (part.length() == 1 || part.charAt(0) != '0');
            if (!decimal || Integer.parseInt(part) > 255) {
                return Optional.empty();
            }
            bytes[i] = (byte) Integer.parseInt(part);
        }
        return Optional.of(address(bytes));
    }

    /** RFC 4291 section 2.2 text forms, without zone. */
    private static Optional<InetAddress> ipv6(String text) {
        int gap = text.indexOf("::");
        if (gap >= 0 && text.indexOf("::", gap + 1) >= 0) {
            return Optional.empty();
        }
        Optional<List<Integer>> before = groups(gap < 0 ? text : text.substring(0, gap), gap < 0);
        Optional<List<Integer>> after = groups(gap < 0 ? "" : text.substring(gap + 2), true);
        if (before.isEmpty() || after.isEmpty()) {
            return Optional.empty();
        }
        int given = before.get().size() + after.get().size();
        if (gap < 0 ? given != 8 : given > 7) {
            return Optional.empty();
        }
        byte[] bytes = new byte[16];
        fill(bytes, 0, before.get());
        fill(bytes, 8 - after.get().size(), after.get());
        return Optional.of(address(bytes));
    }

    private static void fill(byte[] bytes, int firstGroup, List<Integer> groups) {
        for (int i = 0; i < groups.size(); i++) {
            bytes[2 * (firstGroup + i)] = (byte) (groups.get(i) >> 8);
            bytes[2 * (firstGroup + i) + 1] = (byte) (int) groups.get(i);
        }
    }

    private static Optional<List<Integer>> groups(String text, boolean quadMayEnd) {
        List<Integer> groups = new ArrayList<>();
        if (text.isEmpty()) {
            return Optional.of(groups);
        }
        String[] parts = text.split(":", -1);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (quadMayEnd && i == parts.length - 1 && part.indexOf('.') >= 0) {
                Optional<InetAddress> quad = ipv4(part);
                if (quad.isEmpty()) {
                    return Optional.empty();
                }
                byte[] four = quad.get().getAddress();
                groups.add(Bytes.u16(four, 0));
                groups.add(Bytes.u16(four, 2));
                continue;
            }
            boolean hex = !part.isEmpty()
                    && part.length() <= 4
                    && part.chars().allMatch(c -> c < 128 && Character.digit(c, 16) >= 0);
            if (!hex) {
                return Optional.empty();
            }
            groups.add(Integer.parseInt(part, 16));
        }
        return Optional.of(groups);
    }

    private static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + bytes.length + " bytes", e);
        }
    }
}
