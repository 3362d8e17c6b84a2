package dev.mayfly.sandbox.allow;

import java.net.IDN;
import java.net.InetAddress;
import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;

/**
 * A destination host in the one form in which it may be compared, resolved or dialled.
 *
 * <p>Invariants. A {@link Name} is lower-case letters, digits, hyphen and underscore in dotted labels of 1 to 63
 * characters, 253 in all, without a trailing dot, and its last label is not a number, so that no resolver on the way
 * can take it for an address. An {@link Address} came from a strict literal: four decimal octets without leading zeros, or RFC
 * 4291 hexadecimal groups. Every other spelling (octal, hexadecimal, short and 32-bit IPv4, zone ids, percent or user
 * parts, NUL, look-alike letters that nameprep would fold) is refused instead of interpreted: two programs that read
 * one text differently are how allowlists are bypassed.
 */
public sealed interface CanonicalHost {
    /** A DNS name; also the printed form. */
    record Name(String text) implements CanonicalHost {
        @Override
        public String toString() {
            return text;
        }
    }

    /** An address literal. IPv4-mapped IPv6 is the IPv4 address, because that is what a kernel dials. */
    record Address(InetAddress address) implements CanonicalHost {
        @Override
        public String toString() {
            return IpText.print(address);
        }
    }

    int MAX_NAME = 253;
    int MAX_LABEL = 63;

    /**
     * Reads a host as it stands in a rule, a CONNECT line, a SOCKS request or a URL authority without its port. IPv6
     * may be bracketed.
     *
     * @throws AllowSyntaxException when it is no host, or one that programs read differently
     */
    static CanonicalHost parse(String raw) {
        if (raw.isEmpty()) {
            throw new AllowSyntaxException("the host is empty", "write a host name or an address");
        }
        if (raw.length() > 4 * MAX_NAME) {
            throw new AllowSyntaxException(
                    "the host is longer than any name can be", "a name has at most " + MAX_NAME + " characters");
        }
        if (raw.startsWith("[")) {
            if (!raw.endsWith("]")) {
                throw new AllowSyntaxException("'[' without ']' at the end", "write IPv6 as [2001:db8::1]");
            }
            return new Address(IpText.parseV6(raw.substring(1, raw.length() - 1)));
        }
        if (raw.indexOf(':') >= 0) {
            return new Address(IpText.parseV6(raw));
        }
        return isAscii(raw) ? ascii(raw) : international(raw);
    }

    /** As {@link #parse}, for callers that only want to know. */
    static Optional<CanonicalHost> tryParse(String raw) {
        try {
            return Optional.of(parse(raw));
        } catch (AllowSyntaxException e) {
            return Optional.empty();
        }
    }

    private static CanonicalHost ascii(String raw) {
        String lower = raw.toLowerCase(Locale.ROOT);
        if (endsInNumber(lower)) {
            return new Address(IpText.parseV4(lower));
        }
        String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        checkName(name);
        return new Name(name);
    }

    /** Only a spelling that survives the round trip through its A-labels unchanged has one meaning. */
    private static CanonicalHost international(String raw) {
        String name = raw.endsWith(".") ? raw.substring(0, raw.length() - 1) : raw;
        String folded = Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
        String alabels;
        try {
            alabels = IDN.toASCII(folded, IDN.USE_STD3_ASCII_RULES).toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            throw new AllowSyntaxException("the name is not a valid international name", "write its xn-- form");
        }
        if (endsInNumber(alabels) || !IDN.toUnicode(alabels).equals(folded) || foldsToAscii(name, alabels)) {
            throw new AllowSyntaxException(
                    "the name has letters that programs fold differently", "write its xn-- form, in ASCII");
        }
        checkName(alabels);
        return new Name(alabels);
    }

    /** A label such as one with the Kelvin sign looks international and is plain ASCII afterwards. */
    private static boolean foldsToAscii(String name, String alabels) {
        String[] before = name.split("\\.", -1);
        String[] after = alabels.split("\\.", -1);
        for (int i = 0; i < Math.min(before.length, after.length); i++) {
            if (!isAscii(before[i]) && !after[i].startsWith("xn--")) {
                return true;
            }
        }
        return before.length != after.length;
    }

    /** The test of the WHATWG URL standard: such a host is an IPv4 address for some parser, whatever comes before. */
    private static boolean endsInNumber(String host) {
        String trimmed = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        String last = trimmed.substring(trimmed.lastIndexOf('.') + 1);
        if (last.isEmpty()) {
            return false;
        }
        if (Ascii.all(last, Ascii::isDigit)) {
            return true;
        }
        return last.startsWith("0x") && last.substring(2).chars().allMatch(Ascii::isHex);
    }

    private static void checkName(String name) {
        if (name.length() > MAX_NAME) {
            throw new AllowSyntaxException(
                    "the name has " + name.length() + " characters", "a name has at most " + MAX_NAME);
        }
        for (String label : name.split("\\.", -1)) {
            checkLabel(label);
        }
    }

    private static void checkLabel(String label) {
        if (label.isEmpty()) {
            throw new AllowSyntaxException("a label of the name is empty", "remove the doubled or leading dot");
        }
        if (label.length() > MAX_LABEL) {
            throw new AllowSyntaxException(
                    "a label has " + label.length() + " characters", "a label has at most " + MAX_LABEL);
        }
        for (int i = 0; i < label.length(); i++) {
            char c = label.charAt(i);
            boolean fits = Ascii.isLetterOrDigit(c) || c == '-' || c == '_';
            if (!fits) {
                throw new AllowSyntaxException(
                        "the name holds " + describe(c), "a name has letters, digits, '-' and '.' only");
            }
        }
        if (label.startsWith("-") || label.endsWith("-")) {
            throw new AllowSyntaxException("a label starts or ends with '-'", "remove the hyphen");
        }
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c < 0x80);
    }

    private static String describe(char c) {
        return c > 0x20 && c < 0x7f ? "'" + c + "'" : String.format(Locale.ROOT, "U+%04X", (int) c);
    }
}
