package dev.mayfly.sandbox.allow;

import java.util.function.IntPredicate;

/** Classes of ASCII characters; the platform's own tests also take the digits and letters of other scripts. */
public final class Ascii {
    private Ascii() {}

    public static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    public static boolean isLowerHex(int c) {
        return isDigit(c) || (c >= 'a' && c <= 'f');
    }

    public static boolean isHex(int c) {
        return isLowerHex(c) || (c >= 'A' && c <= 'F');
    }

    public static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    public static boolean isLetterOrDigit(int c) {
        return isLetter(c) || isDigit(c);
    }

    public static boolean isControl(int c) {
        return c < 0x20 || c == 0x7f;
    }

    /** Not empty, and each character of the class. */
    public static boolean all(String text, IntPredicate each) {
        return !text.isEmpty() && text.chars().allMatch(each);
    }
}
