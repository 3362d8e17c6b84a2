package dev.mayfly.fleet.remote;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import io.grpc.StatusException;
import java.util.Optional;

/** What a server's refusals mean to who asked. */
final class Failures {
    private static final int LONGEST = 500;

    private final String server;

    Failures(String server) {
        this.server = server;
    }

    MayflyException of(StatusException failure) {
        String why =
                clean(Optional.ofNullable(failure.getStatus().getDescription()).orElse(""));
        return switch (failure.getStatus().getCode()) {
            case UNAUTHENTICATED, PERMISSION_DENIED ->
                new MayflyException(
                        ErrorCode.FLEET_REFUSED,
                        "the fleet's server at " + server + " does not let this client in",
                        why,
                        "copy the server's token file (fleet/token in its home) to this machine, chmod 600 it, and name"
                                + " it with fleet.token-file (MAYFLY_FLEET_TOKEN_FILE)",
                        failure);
            case NOT_FOUND -> unknownRunner(why);
            case INVALID_ARGUMENT ->
                new MayflyException(
                        ErrorCode.USAGE,
                        "the fleet's server does not take this",
                        why,
                        "see: mayfly fleet --help",
                        failure);
            case FAILED_PRECONDITION ->
                new MayflyException(
                        ErrorCode.MACHINE_FAILED,
                        "the machine does not do what was asked",
                        why,
                        "mayfly fleet show NAME",
                        failure);
            case UNIMPLEMENTED ->
                new MayflyException(
                        ErrorCode.FLEET_REFUSED,
                        "what answers at " + server + " is no server of a fleet, or of another version",
                        why,
                        "name the server with --server HOST:PORT",
                        failure);
            case RESOURCE_EXHAUSTED ->
                new MayflyException(
                        ErrorCode.SERVICE_BUSY,
                        "the fleet's server takes no more",
                        why,
                        "try again in a while",
                        failure);
            default ->
                new MayflyException(
                        ErrorCode.FLEET_UNREACHABLE,
                        "no server of a fleet answers at " + server,
                        failure.getStatus().getCode() + " " + why
                                + Optional.ofNullable(failure.getStatus().getCause())
                                        .map(cause -> ": " + clean(String.valueOf(cause.getMessage())))
                                        .orElse(""),
                        "mayfly fleet server   # starts one here; or name another with --server HOST:PORT",
                        failure);
        };
    }

    /** Terminals obey control characters. */
    private static String clean(String text) {
        String safe = text.replaceAll("\\p{Cntrl}", "?");
        return safe.substring(0, Math.min(LONGEST, safe.length()));
    }

    MayflyException cutOff() {
        return new MayflyException(
                ErrorCode.FLEET_UNREACHABLE,
                "the fleet's server at " + server + " ended in the middle of an answer",
                "it says nothing that this program understands",
                "ask again: who asks with the same name gets the same runner");
    }

    static MayflyException unknownRunner(String why) {
        return new MayflyException(ErrorCode.NOT_FOUND, "there is no such runner", why, "mayfly fleet ls --all");
    }

    static MayflyException noRoom(String name, String why) {
        return new MayflyException(
                ErrorCode.NO_ROOM,
                "no host can take " + name + " now",
                why,
                "mayfly fleet agents; start an agent, wait until one has room, or ask for less");
    }

    static MayflyException nameTaken(String name) {
        return new MayflyException(
                ErrorCode.NAME_TAKEN,
                "there is another runner called " + name,
                "it was wished with another script, size or labels",
                "choose another name, or remove that one: mayfly fleet rm " + name);
    }

    static MayflyException failed(String name, String why) {
        return new MayflyException(
                ErrorCode.RUNNER_FAILED,
                "the runner " + name + " came to nothing; its script has not started",
                why,
                "mayfly fleet show " + name + "; then add it again");
    }

    static MayflyException leaving(String name) {
        return new MayflyException(
                ErrorCode.RUNNER_NOT_READY,
                "the last runner called " + name + " is still on its way out",
                "its host has not shown yet that nothing of it is left",
                "add it again in a moment");
    }

    static MayflyException notYet(String name) {
        return new MayflyException(
                ErrorCode.RUNNER_NOT_READY,
                "the runner " + name + " is not ready yet",
                "patience was over first; it goes on for a while",
                "add it again with the same words and more --patience, or remove it: mayfly fleet rm " + name);
    }

    static MayflyException unconfirmed(String name, String why) {
        return new MayflyException(
                ErrorCode.RUNNER_UNCONFIRMED,
                "the runner " + name + " will be destroyed, and nobody has seen it gone",
                why,
                "mayfly fleet agents; when its host is gone for good: mayfly fleet forget-host HOST");
    }

    static MayflyException unknownHost(String word) {
        return new MayflyException(
                ErrorCode.NOT_FOUND,
                "there is no such host",
                "no agent is called '" + word + "'",
                "mayfly fleet agents");
    }

    static MayflyException severalHosts(String word, String ids) {
        return new MayflyException(
                ErrorCode.USAGE, "several hosts are called '" + word + "'", ids, "type one of these ids");
    }

    static MayflyException stillThere(String word) {
        return new MayflyException(
                ErrorCode.HOST_CONNECTED,
                "the host " + word + " is not gone",
                "its agent is connected",
                "drain it instead: mayfly fleet drain " + word);
    }
}
