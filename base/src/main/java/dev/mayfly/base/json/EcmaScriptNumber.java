package dev.mayfly.base.json;

import java.math.BigDecimal;

/** Number to text as ECMAScript's {@code Number::toString} does it (ECMA-262, 6.1.6.1.20), for RFC 8785. */
final class EcmaScriptNumber {
    private EcmaScriptNumber() {}

    static String format(double value) {
        if (value == 0) {
            return "0";
        }
        // Double.toString gives the shortest digits that round-trip (since JDK 19), which is what ECMAScript asks for.
        BigDecimal shortest = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
        String digits = shortest.unscaledValue().toString();
        int k = digits.length();
        int n = k - shortest.scale();
        String sign = value < 0 ? "-" : "";
        if (k <= n && n <= 21) {
            return sign + digits + "0".repeat(n - k);
        }
        if (0 < n && n <= 21) {
            return sign + digits.substring(0, n) + "." + digits.substring(n);
        }
        if (-6 < n && n <= 0) {
            return sign + "0." + "0".repeat(-n) + digits;
        }
        String exponent = (n - 1 < 0 ? "-" : "+") + Math.abs(n - 1);
        String mantissa = k == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
        return sign + mantissa + "e" + exponent;
    }
}
