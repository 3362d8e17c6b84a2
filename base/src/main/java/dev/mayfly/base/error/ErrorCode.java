package dev.mayfly.base.error;

/**
 * The closed vocabulary of failures. Numbers are stable: they are printed as {@code MF-<number>}, documented in
 * {@code docs/errors.md} and never reused. 1xxx command line and configuration, 2xxx request and policy, 3xxx sandbox,
 * 4xxx state on disk, 5xxx local service, 9xxx ourselves.
 */
public enum ErrorCode {
    USAGE(1001, ExitCode.USAGE, Retry.NEVER),
    CONFIGURATION_INVALID(1002, ExitCode.USAGE, Retry.NEVER),
    INPUT_UNREADABLE(1003, ExitCode.UNAVAILABLE, Retry.NEVER),

    REQUEST_INVALID(2001, ExitCode.REQUEST_INVALID, Retry.NEVER),
    REQUEST_TOO_LARGE(2002, ExitCode.REQUEST_INVALID, Retry.NEVER),
    RESULT_INVALID(2003, ExitCode.RESULT_INVALID, Retry.NEVER),
    POLICY_MISSING(2101, ExitCode.REFUSED, Retry.NEVER),
    POLICY_INVALID(2102, ExitCode.REFUSED, Retry.NEVER),
    POLICY_REFUSES(2103, ExitCode.REFUSED, Retry.NEVER),
    LAYER_MISSING(2104, ExitCode.REFUSED, Retry.NEVER),

    SANDBOX_UNAVAILABLE(3001, ExitCode.REFUSED, Retry.AFTER),
    SANDBOX_SETUP(3002, ExitCode.INTERNAL, Retry.NOW),
    LAUNCHER_DIED(3003, ExitCode.INTERNAL, Retry.NOW),
    LAUNCHER_PROTOCOL(3004, ExitCode.INTERNAL, Retry.NOW),

    STATE_UNAVAILABLE(4001, ExitCode.INTERNAL, Retry.AFTER),
    STATE_CORRUPT(4002, ExitCode.INTERNAL, Retry.NEVER),
    NOT_FOUND(4003, ExitCode.UNAVAILABLE, Retry.NEVER),
    CONFLICT(4004, ExitCode.INTERNAL, Retry.AFTER),

    SERVICE_UNREACHABLE(5001, ExitCode.UNAVAILABLE, Retry.AFTER),
    SERVICE_PROTOCOL(5002, ExitCode.INTERNAL, Retry.NEVER),
    SERVICE_BUSY(5003, ExitCode.INTERNAL, Retry.AFTER),
    SERVICE_RUNNING(5004, ExitCode.UNAVAILABLE, Retry.NEVER),

    INTERNAL(9001, ExitCode.INTERNAL, Retry.NEVER);

    private final int number;
    private final ExitCode exitCode;
    private final Retry retry;

    ErrorCode(int number, ExitCode exitCode, Retry retry) {
        this.number = number;
        this.exitCode = exitCode;
        this.retry = retry;
    }

    public int number() {
        return number;
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    public Retry retry() {
        return retry;
    }

    /** The printed form, for example {@code MF-2001}. */
    public String label() {
        return "MF-" + number;
    }
}
