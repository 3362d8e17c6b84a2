package dev.mayfly.fleet.api;

import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** The address of a machine's network card: six bytes in lower case with colons. Given to one machine, ever. */
public record MacAddress(String value) implements Comparable<MacAddress> {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");

    /** IEEE 802-2014, section 8.2: in the first byte bit 1 says "locally administered", bit 0 "a group". */
    private static final int LOCAL = 0x02;

    private static final int GROUP = 0x01;
    private static final int LENGTH = 6;

    public MacAddress {
        value = value.toLowerCase(Locale.ROOT);
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("a MAC address is six bytes with colons between them: " + value);
        }
        int first = HexFormat.fromHexDigits(value, 0, 2);
        if ((first & LOCAL) == 0 || (first & GROUP) != 0) {
            throw new IllegalArgumentException(
                    "the MAC address of a runner is locally administered and names no group: " + value);
        }
    }

    /** Made of 46 random bits; the two bits that the standard speaks for are set as they must be. */
    public static MacAddress of(long random) {
        byte[] bytes = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            bytes[i] = (byte) (random >>> (Byte.SIZE * i));
        }
        bytes[0] = (byte) ((bytes[0] | LOCAL) & ~GROUP);
        return new MacAddress(HexFormat.ofDelimiter(":").formatHex(bytes));
    }

    @Override
    public int compareTo(MacAddress other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
