package dev.mayfly.base.error;

/**
 * The closed vocabulary of failures. Numbers are stable: they are printed as {@code MF-<number>}, documented in
 * {@code docs/errors.md} and never reused. 1xxx command line and configuration, 2xxx request and policy, 3xxx sandbox,
 * 4xxx state on disk, 5xxx local service, 6xxx queue and jobs, 7xxx
 * environments, 81xx fleet, 9xxx ourselves.
 */
public enum ErrorCode {
    USAGE(
            1001,
            ExitCode.USAGE,
            Retry.NEVER,
            "The command line is wrong: an unknown command or option, or a value that does not fit."),
    CONFIGURATION_INVALID(
            1002,
            ExitCode.USAGE,
            Retry.NEVER,
            "One or more settings are wrong; all of them are listed with where they stand."),
    INPUT_UNREADABLE(
            1003,
            ExitCode.UNAVAILABLE,
            Retry.NEVER,
            "A file named on the command line cannot be read, or the result cannot be written where it should go."),
    JDK_MISSING(1005, ExitCode.UNAVAILABLE, Retry.AFTER, "The launcher script found no JDK that is new enough."),
    BUILD_TOOL_MISSING(
            1006, ExitCode.UNAVAILABLE, Retry.AFTER, "A first start has to build the program, and Maven is not there."),
    BUILD_FAILED(
            1007, ExitCode.INTERNAL, Retry.AFTER, "The program could not be built, or is not whole where it lies."),

    REQUEST_INVALID(2001, ExitCode.REQUEST_INVALID, Retry.NEVER, "The request does not fit its schema; nothing ran."),
    REQUEST_TOO_LARGE(
            2002, ExitCode.REQUEST_INVALID, Retry.NEVER, "The request is larger than the limit; nothing ran."),
    RESULT_INVALID(
            2003,
            ExitCode.RESULT_INVALID,
            Retry.NEVER,
            "The result would not fit its schema, so it is not handed out."),
    POLICY_MISSING(
            2101,
            ExitCode.REFUSED,
            Retry.NEVER,
            "The policy file that was asked for is not there; there is no silent default."),
    POLICY_INVALID(2102, ExitCode.REFUSED, Retry.NEVER, "The policy file does not fit its schema."),
    POLICY_REFUSES(
            2103, ExitCode.REFUSED, Retry.NEVER, "The policy does not allow what the request asks for; nothing ran."),
    LAYER_MISSING(
            2104,
            ExitCode.REFUSED,
            Retry.NEVER,
            "A layer of protection that the policy requires is not available on this machine; nothing ran."),

    SANDBOX_UNAVAILABLE(
            3001, ExitCode.REFUSED, Retry.AFTER, "This machine offers no way to run a command under enforcement."),
    SANDBOX_SETUP(
            3002, ExitCode.INTERNAL, Retry.NOW, "A step of building the sandbox failed; the command did not run."),
    LAUNCHER_DIED(
            3003, ExitCode.INTERNAL, Retry.NOW, "The launcher process ended when it should not; the slot is replaced."),
    LAUNCHER_PROTOCOL(
            3004,
            ExitCode.INTERNAL,
            Retry.NOW,
            "The launcher said something that is not its protocol; the slot is replaced."),

    STATE_UNAVAILABLE(4001, ExitCode.INTERNAL, Retry.AFTER, "State on disk cannot be opened, read or written."),
    STATE_CORRUPT(
            4002,
            ExitCode.INTERNAL,
            Retry.NEVER,
            "State on disk is damaged, or was not written by a release of this program."),
    NOT_FOUND(4003, ExitCode.UNAVAILABLE, Retry.NEVER, "What was asked for does not exist."),
    CONFLICT(4004, ExitCode.INTERNAL, Retry.AFTER, "Somebody else changed the same thing first."),

    SERVICE_UNREACHABLE(
            5001,
            ExitCode.UNAVAILABLE,
            Retry.AFTER,
            "The local service cannot be reached, or went away during the call."),
    SERVICE_PROTOCOL(5002, ExitCode.INTERNAL, Retry.NEVER, "Client and service do not understand each other."),
    SERVICE_BUSY(5003, ExitCode.INTERNAL, Retry.AFTER, "The service takes no more work at the moment, or is stopping."),
    SERVICE_RUNNING(5004, ExitCode.UNAVAILABLE, Retry.NEVER, "A service already runs with this home directory."),
    LISTEN_FAILED(
            5005,
            ExitCode.UNAVAILABLE,
            Retry.AFTER,
            "An address that the service was told to listen on cannot be had."),

    QUEUE_UNREACHABLE(
            6001, ExitCode.UNAVAILABLE, Retry.AFTER, "The server of the queue cannot be reached, or went away."),
    QUEUE_UNSUITABLE(
            6002,
            ExitCode.UNAVAILABLE,
            Retry.AFTER,
            "The server of the queue, or what is set up on it, cannot keep what the queue promises."),
    QUEUE_FULL(6003, ExitCode.UNAVAILABLE, Retry.AFTER, "The queue takes no more messages at the moment."),
    JOB_DEAD(6101, ExitCode.INTERNAL, Retry.NEVER, "The job was given up after too many attempts; it is kept."),
    JOB_INDETERMINATE(
            6102,
            ExitCode.INTERNAL,
            Retry.NEVER,
            "The worker of a job with effects outside its box died, so nobody knows whether it came to its end."),
    JOB_CANCELLED(6103, ExitCode.INTERNAL, Retry.NEVER, "Somebody cancelled the job."),
    WAIT_OVER(
            6104,
            ExitCode.UNAVAILABLE,
            Retry.AFTER,
            "The job has no answer yet, and the caller wanted to wait no longer; the job goes on."),

    REF_UNKNOWN(7001, ExitCode.UNAVAILABLE, Retry.NEVER, "A tag or digest names nothing in the repositories asked."),
    REF_AMBIGUOUS(7002, ExitCode.UNAVAILABLE, Retry.NEVER, "A short digest is the beginning of several."),
    ENV_SPEC_INVALID(
            7003, ExitCode.USAGE, Retry.NEVER, "A spec of an environment, or a file that it names, cannot be read."),
    REPOSITORY_MISSING(7004, ExitCode.UNAVAILABLE, Retry.AFTER, "There is no repository at this place."),
    REPOSITORY_UNSUITABLE(
            7005,
            ExitCode.UNAVAILABLE,
            Retry.NEVER,
            "The repository is of a version or kind that cannot do what was asked."),
    CONTENT_CORRUPT(
            7006,
            ExitCode.INTERNAL,
            Retry.NEVER,
            "Content does not have the digest under which it is kept, or is not an object at all."),
    CONTENT_MISSING(
            7007, ExitCode.UNAVAILABLE, Retry.AFTER, "An object or payload that another one names is not there."),
    REMOTE_UNKNOWN(7008, ExitCode.USAGE, Retry.NEVER, "No remote repository of this name is configured."),
    REMOTE_UNREACHABLE(7009, ExitCode.UNAVAILABLE, Retry.AFTER, "A remote repository cannot be reached, or went away."),
    TAG_MOVED(7010, ExitCode.INTERNAL, Retry.AFTER, "Somebody else pushed this tag first."),
    NO_SPACE(
            7011,
            ExitCode.UNAVAILABLE,
            Retry.AFTER,
            "The disk has not enough room for what was asked; nothing changed."),
    NAME_UNFIT(
            7012,
            ExitCode.UNAVAILABLE,
            Retry.NEVER,
            "A name of a file cannot be written in the format that is needed."),
    FILES_CHANGED(
            7013,
            ExitCode.INTERNAL,
            Retry.NOW,
            "Files changed while they were being committed; nothing was committed."),
    NOTHING_TO_COMMIT(7101, ExitCode.UNAVAILABLE, Retry.NEVER, "There is no change to commit."),
    NOT_EDITABLE(7102, ExitCode.UNAVAILABLE, Retry.NEVER, "The runtime shows its files read-only."),
    NO_RUNTIME(7103, ExitCode.UNAVAILABLE, Retry.NEVER, "The command needs a runtime, and this is none."),
    RUNTIME_SETUP(7104, ExitCode.INTERNAL, Retry.NOW, "A step of making a runtime failed; the command did not run."),
    VIEW_UNAVAILABLE(
            7105, ExitCode.UNAVAILABLE, Retry.AFTER, "This machine offers no way to show an environment as asked."),
    NAMESPACE_DENIED(
            7106, ExitCode.UNAVAILABLE, Retry.AFTER, "The kernel does not let this user make or join a namespace."),
    FUSE_MISSING(7201, ExitCode.UNAVAILABLE, Retry.AFTER, "FUSE is not installed on this machine."),
    FUSE_NOT_LOADED(7202, ExitCode.UNAVAILABLE, Retry.AFTER, "FUSE is installed and not loaded."),
    FUSE_DENIED(7203, ExitCode.UNAVAILABLE, Retry.AFTER, "This user may not use FUSE."),
    ENV_SERVICE_DOWN(7204, ExitCode.UNAVAILABLE, Retry.AFTER, "The service of environments is not running."),
    ENV_SERVICE_UNREACHABLE(
            7205, ExitCode.UNAVAILABLE, Retry.AFTER, "The service of environments does not answer at its address."),
    MOUNT_POINT_MISSING(7206, ExitCode.UNAVAILABLE, Retry.AFTER, "The folder where environments are shown is missing."),
    PROCESS_UNKNOWN(
            7207, ExitCode.UNAVAILABLE, Retry.NEVER, "There is no such process, or its number is another's by now."),
    ENV_SERVICE_SKEW(
            7208,
            ExitCode.UNAVAILABLE,
            Retry.AFTER,
            "The service of environments is of another version than this program."),

    MACHINES_UNAVAILABLE(
            8101, ExitCode.UNAVAILABLE, Retry.AFTER, "This host cannot run the virtual machines of a fleet."),
    MACHINE_FAILED(8102, ExitCode.INTERNAL, Retry.NOW, "A machine could not be made, started, reached or destroyed."),
    TEMPLATE_INVALID(
            8103,
            ExitCode.UNAVAILABLE,
            Retry.NEVER,
            "A template of machines is not whole, or not what its metadata says."),
    FLEET_UNREACHABLE(
            8111, ExitCode.UNAVAILABLE, Retry.AFTER, "No server of a fleet answers at its address, or it went away."),
    FLEET_REFUSED(
            8112,
            ExitCode.UNAVAILABLE,
            Retry.AFTER,
            "The fleet's server does not let this client in, or is of another version."),
    TOKEN_UNUSABLE(
            8113,
            ExitCode.UNAVAILABLE,
            Retry.AFTER,
            "A token of the fleet is not there, or others than its owner can read it."),
    CERTIFICATE_UNUSABLE(8114, ExitCode.UNAVAILABLE, Retry.AFTER, "A certificate or key of the fleet cannot be used."),
    NO_ROOM(8115, ExitCode.UNAVAILABLE, Retry.AFTER, "No host can take the runner now; nothing was kept."),
    NAME_TAKEN(8116, ExitCode.USAGE, Retry.NEVER, "Another runner has this name, and it was wished for otherwise."),
    RUNNER_FAILED(
            8117,
            ExitCode.INTERNAL,
            Retry.NOW,
            "A runner came to nothing before its script started; it was cleared away."),
    RUNNER_NOT_READY(
            8118, ExitCode.UNAVAILABLE, Retry.AFTER, "The runner is not ready in the time that its caller had for it."),
    RUNNER_UNCONFIRMED(
            8119,
            ExitCode.INTERNAL,
            Retry.AFTER,
            "The runner will be destroyed, and its host has not shown yet that nothing of it is left."),
    HOST_CONNECTED(
            8120, ExitCode.UNAVAILABLE, Retry.AFTER, "The host was to be forgotten, and its agent is connected."),
    GITHUB_UNREACHABLE(8121, ExitCode.UNAVAILABLE, Retry.AFTER, "Nobody answers where GitHub's API should be."),
    GITHUB_REFUSED(
            8122,
            ExitCode.INTERNAL,
            Retry.AFTER,
            "GitHub did not do what was asked; its own words are in the message."),

    TRACING_UNAVAILABLE(
            8201, ExitCode.UNAVAILABLE, Retry.AFTER, "This host offers no way to see what services do with RDMA."),

    INTERNAL(9001, ExitCode.INTERNAL, Retry.NEVER, "A bug in Mayfly.");

    private final int number;
    private final ExitCode exitCode;
    private final Retry retry;
    private final String meaning;

    ErrorCode(int number, ExitCode exitCode, Retry retry, String meaning) {
        this.number = number;
        this.exitCode = exitCode;
        this.retry = retry;
        this.meaning = meaning;
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

    /** One sentence for the documentation. */
    public String meaning() {
        return meaning;
    }

    /** The printed form, for example {@code MF-2001}. */
    public String label() {
        return "MF-" + number;
    }
}
