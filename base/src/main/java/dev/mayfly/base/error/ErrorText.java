package dev.mayfly.base.error;

/** The one shape in which errors are printed on stderr: three lines, the last two left out when empty. */
public final class ErrorText {
    private ErrorText() {}

    public static String render(String label, String what, String why, String fix) {
        StringBuilder text =
                new StringBuilder("error ").append(label).append(": ").append(what);
        if (!why.isEmpty()) {
            text.append("\nwhy: ").append(why);
        }
        if (!fix.isEmpty()) {
            text.append("\nfix: ").append(fix);
        }
        return text.toString();
    }
}
