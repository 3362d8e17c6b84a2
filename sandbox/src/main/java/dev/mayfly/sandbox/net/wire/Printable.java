package dev.mayfly.sandbox.net.wire;

/** Text chosen by a job, as it may appear in a report: short, printable ASCII, everything else escaped. */
public final class Printable {
    private static final int MAX = 100;

    private Printable() {}

    /** As {@link #of}, where blanks are ours and may stay. */
    public static String spaced(String text) {
        return of(text).replace("\\u0020", " ");
    }

    public static String of(String text) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < text.length() && out.length() < MAX; i++) {
            char c = text.charAt(i);
            if (c > ' ' && c < 0x7f && c != '\\') {
                out.append(c);
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return text.length() > MAX ? out.append("...").toString() : out.toString();
    }
}
