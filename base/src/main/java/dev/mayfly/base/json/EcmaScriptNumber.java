package dev.mayfly.base.json;

import java.math.BigDecimal;
import java.math.MathContext;

/** Number to text as ECMAScript's {@code Number::toString} does it (ECMA-262, 6.1.6.1.20), for RFC 8785. */
final class EcmaScriptNumber {
    private EcmaScriptNumber() {}

    static String format(double value) {
        if (value == 0) {
            return "0";
        }
        BigDecimal shortest = shortest(Math.abs(value));
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

    /**
     * The fewest digits that round-trip. Double.toString gives them since JDK 19, but never fewer than two: where one is
     * enough it takes the closest of two ({@code 4.9E-324} for {@code 5e-324}).
     */
    private static BigDecimal shortest(double value) {
        BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
        if (digits.precision() == 2) {
            BigDecimal one = digits.round(new MathContext(1));
            if (one.doubleValue() == value) {
                return one.stripTrailingZeros();
            }
        }
        return digits;
    }
}
