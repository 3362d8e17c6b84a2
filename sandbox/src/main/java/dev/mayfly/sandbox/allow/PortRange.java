package dev.mayfly.sandbox.allow;

import java.util.Optional;

/** Ports from {@code first} to {@code last}, both included. */
public record PortRange(int first, int last) {
    public static final PortRange ANY = new PortRange(1, 65_535);

    private static final String FIX = "write a port 1..65535, a range like 8080-8090, or *";

    public PortRange {
        if (first < 1 || last > 65_535 || first > last) {
            throw new AllowSyntaxException("ports " + first + "-" + last + " are no range within 1..65535", FIX);
        }
    }

    static PortRange parse(String text) {
        if (text.equals("*")) {
            return ANY;
        }
        int dash = text.indexOf('-');
        return dash < 0
                ? new PortRange(port(text), port(text))
                : new PortRange(port(text.substring(0, dash)), port(text.substring(dash + 1)));
    }

    /** Whether the text can only be meant as ports. */
    static boolean looksLikePorts(String text) {
        return text.equals("*") || (Ascii.all(text, c -> Ascii.isDigit(c) || c == '-') && text.charAt(0) != '-');
    }

    private static int port(String text) {
        boolean digits = Ascii.all(text, Ascii::isDigit) && text.length() <= 5 && text.charAt(0) != '0';
        if (!digits) {
            throw new AllowSyntaxException("the port is no decimal number within 1..65535", FIX);
        }
        return Integer.parseInt(text);
    }

    public boolean contains(int port) {
        return first <= port && port <= last;
    }

    boolean contains(PortRange other) {
        return first <= other.first && other.last <= last;
    }

    Optional<PortRange> intersect(PortRange other) {
        int from = Math.max(first, other.first);
        int to = Math.min(last, other.last);
        return from <= to ? Optional.of(new PortRange(from, to)) : Optional.empty();
    }

    /** Empty for every port, else {@code :443} or {@code :8080-8090}. */
    String suffix() {
        if (equals(ANY)) {
            return "";
        }
        return first == last ? ":" + first : ":" + first + "-" + last;
    }
}
