package dev.mayfly.platform.linux;

/** A step of a mount that the kernel refused. */
public final class MountFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final String step;
    private final int number;
    private final String said;

    MountFailure(String step, Errno errno, String said) {
        super(step + ": " + errno.describe() + (said.isEmpty() ? "" : ", the kernel says: " + said));
        this.step = step;
        this.number = errno.number();
        this.said = said;
    }

    /** The call with what it was called for, for example {@code fsconfig device}. */
    public String step() {
        return step;
    }

    public Errno errno() {
        return Errno.of(number);
    }

    /** What the kernel wrote about it; empty when it kept silent. */
    public String said() {
        return said;
    }
}
