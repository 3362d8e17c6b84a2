package dev.mayfly.base.error;

/** Process exit codes that scripts may rely on. A child's own code never appears here, only in results. */
public enum ExitCode {
    GREEN(0),
    REQUEST_INVALID(1),
    RESULT_INVALID(2),
    REFUSED(3),
    INTERNAL(4),
    YELLOW(10),
    RED(20),
    /** The command line itself is wrong (sysexits.h EX_USAGE). */
    USAGE(64),
    /** Something this command needs is not there: service, file, capability (sysexits.h EX_UNAVAILABLE). */
    UNAVAILABLE(69);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
