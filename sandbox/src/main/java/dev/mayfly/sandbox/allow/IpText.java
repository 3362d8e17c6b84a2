package dev.mayfly.sandbox.allow;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Address literals, read strictly and printed canonically (RFC 5952). The platform's own parser is not used: it takes
 * zone ids and, depending on a system property, octal and short forms.
 */
final class IpText {
    private static final String V4_FIX = "write an IPv4 address as four decimal numbers, like 192.0.2.7";
    private static final String V6_FIX = "write an IPv6 address like [2001:db8::1], without a zone";

    private IpText() {}

    static InetAddress parseV4(String text) {
        return address(octets(text));
    }

    static InetAddress parseV6(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            byte[] whole = groups(text);
            if (whole.length != 16) {
                throw new AllowSyntaxException("an IPv6 address has eight groups", V6_FIX);
            }
            return address(whole);
        }
        if (text.indexOf("::", gap + 1) >= 0) {
            throw new AllowSyntaxException("'::' stands twice", V6_FIX);
        }
        String left = text.substring(0, gap);
        if (left.indexOf('.') >= 0) {
            throw new AllowSyntaxException("an IPv4 part may only stand at the end", V6_FIX);
        }
        byte[] head = left.isEmpty() ? new byte[0] : groups(left);
        String right = text.substring(gap + 2);
        byte[] tail = right.isEmpty() ? new byte[0] : groups(right);
        if (head.length + tail.length > 14) {
            throw new AllowSyntaxException("'::' stands for no group", V6_FIX);
        }
        byte[] bytes = new byte[16];
        System.arraycopy(head, 0, bytes, 0, head.length);
        System.arraycopy(tail, 0, bytes, 16 - tail.length, tail.length);
        return address(bytes);
    }

    private static byte[] octets(String text) {
        String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            throw new AllowSyntaxException("a number that some programs read as an address", V4_FIX);
        }
        byte[] octets = new byte[4];
        for (int i = 0; i < 4; i++) {
            String part = parts[i];
            boolean digits =
                    !part.isEmpty() && part.length() <= 3 && part.chars().allMatch(c -> c >= '0' && c <= '9');
            if (!digits || (part.length() > 1 && part.charAt(0) == '0') || Integer.parseInt(part) > 255) {
                throw new AllowSyntaxException("an IPv4 address that programs read differently", V4_FIX);
            }
            octets[i] = (byte) Integer.parseInt(part);
        }
        return octets;
    }

    /** Colon-separated groups of one to four hexadecimal digits; the last may be a dotted IPv4 address. */
    private static byte[] groups(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length > 8) {
            throw new AllowSyntaxException("more than eight groups", V6_FIX);
        }
        List<Byte> bytes = new ArrayList<>(16);
        for (int i = 0; i < parts.length; i++) {
            String part = parts[i];
            if (i == parts.length - 1 && part.indexOf('.') >= 0) {
                for (byte octet : octets(part)) {
                    bytes.add(octet);
                }
                continue;
            }
            boolean hex = Ascii.all(part, Ascii::isHex) && part.length() <= 4;
            if (!hex) {
                throw new AllowSyntaxException("'" + printable(part) + "' is no group of an IPv6 address", V6_FIX);
            }
            int value = Integer.parseInt(part, 16);
            bytes.add((byte) (value >> 8));
            bytes.add((byte) value);
        }
        byte[] array = new byte[bytes.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = bytes.get(i);
        }
        return array;
    }

    static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AllowSyntaxException("an address of " + bytes.length + " bytes", V6_FIX);
        }
    }

    /** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups (the first of equals) as '::'. */
    static String print(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return (bytes[0] & 255) + "." + (bytes[1] & 255) + "." + (bytes[2] & 255) + "." + (bytes[3] & 255);
        }
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = ((bytes[2 * i] & 255) << 8) | (bytes[2 * i + 1] & 255);
        }
        int bestAt = -1;
        int best = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && groups[i + run] == 0) {
                run++;
            }
            if (run > best) {
                best = run;
                bestAt = i;
            }
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == bestAt) {
                out.append("::");
                i += best - 1;
            } else {
                if (!out.isEmpty() && out.charAt(out.length() - 1) != ':') {
                    out.append(':');
                }
                out.append(Integer.toHexString(groups[i]));
            }
        }
        return out.toString();
    }

    private static String printable(String text) {
        String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
        return shown.replaceAll("\\p{Cntrl}", "?");
    }
}
