package dev.mayfly.base.config;

/** A text is not a value of its type. Checked, so that every parser is asked to report and none can blow up. */
public final class BadValueException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String problem;

    public BadValueException(String problem) {
        super(problem, null, false, false);
        this.problem = problem;
    }

    public String problem() {
        return problem;
    }
}
