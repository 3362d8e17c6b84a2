package dev.mayfly.app.env;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Amounts of memory as people write them. */
final class Sizes {
    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,12})([kmgt]?)");
    private static final String UNITS = "kmgt";

    /** What the kernel's own tmpfs takes for its limit. */
    static final LongSupplier HALF_OF_MEMORY =
            () -> ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                            .getTotalMemorySize()
                    / 2;

    private Sizes() {}

    static long bytes(String typed) {
        Matcher parts = SIZE.matcher(typed.toLowerCase(Locale.ROOT));
        if (!parts.matches()) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "'" + typed + "' is no size",
                    "it is a whole number of bytes, or one with k, m, g or t behind it",
                    "for example: --size 2g");
        }
        int shift = parts.group(2).isEmpty() ? 0 : 10 * (UNITS.indexOf(parts.group(2)) + 1);
        return Math.max(4096, Math.multiplyExact(Long.parseLong(parts.group(1)), 1L << shift));
    }

    /** For people: three digits are enough to compare with what they know. */
    static String text(long bytes) {
        double amount = bytes;
        int unit = -1;
        while (amount >= 1024 && unit < UNITS.length() - 1) {
            amount /= 1024;
            unit++;
        }
        String number = unit < 0 || amount >= 100
                ? Long.toString(Math.round(amount))
                : String.format(Locale.ROOT, "%.1f", amount);
        return number + (unit < 0 ? " B" : " " + Character.toUpperCase(UNITS.charAt(unit)) + "B");
    }
}
