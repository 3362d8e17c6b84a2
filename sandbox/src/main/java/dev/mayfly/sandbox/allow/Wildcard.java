package dev.mayfly.sandbox.allow;

/** Patterns in which {@code *} stands for any text, also none; everything else is literal and case counts. */
public final class Wildcard {
    private Wildcard() {}

    /** Linear in both lengths per star, without recursion: on a mismatch only the last star may take more text. */
    public static boolean fits(String pattern, String text) {
        int p = 0;
        int t = 0;
        int starAt = -1;
        int resumeAt = 0;
        while (t < text.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                starAt = p++;
                resumeAt = t;
            } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
                p++;
                t++;
            } else if (starAt >= 0) {
                p = starAt + 1;
                t = ++resumeAt;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
