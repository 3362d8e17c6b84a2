package dev.mayfly.sandbox.allow;

/** A text does not fit the grammar of hosts, network rules or paths. Callers map it to a failure of their own. */
public final class AllowSyntaxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String fix;

    public AllowSyntaxException(String problem, String fix) {
        super(problem);
        this.fix = fix;
    }

    /** What the text breaks, without the text itself. */
    public String problem() {
        return String.valueOf(getMessage());
    }

    /** What to write instead. */
    public String fix() {
        return fix;
    }
}
