package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.local.Call;
import dev.mayfly.base.local.Reply;
import dev.mayfly.cli.Command.Option;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code mayfly exec}: one request in, one result out. */
final class ExecVerb implements Verb {
    private static final List<String> BACKENDS = List.of("auto", "native", "bwrap", "wasm");
    /** The longest run the request format knows, in seconds. */
    private static final int MAX_TIMEOUT_SEC = 60;

    @Override
    public Command command() {
        return Command.named(
                        "mayfly exec",
                        "Runs one request under a policy that the kernel enforces, and prints its result as JSON.")
                .with(
                        new Option(List.of("-f", "--file"), "FILE", "the request (JSON); - reads it from stdin"),
                        Option.value(
                                "--policy",
                                "FILE",
                                "the policy (YAML) instead of the one that the request's policy_id names"),
                        Option.value("--timeout", "SEC", "wall time, 0 to 60 seconds; wins over the request's own"),
                        Option.value("--seed", "N", "the seed of everything random; wins over the request's own"),
                        Option.value("--out", "FILE", "write the result to this file, whole or not at all"),
                        Option.value(
                                "--backend",
                                "NAME",
                                "auto, native, bwrap or wasm (default auto: the strongest that works here)"),
                        Option.flag("--strict", "refuse to run unless every layer of the sandbox is active"),
                        Option.flag(
                                "--allow-degraded",
                                "run although a layer that the policy requires is missing; costs the verdict"),
                        Option.flag("--json", "print the result as JSON (which is the default)"))
                .ending(
                        "0 green, 10 yellow, 20 red, 1 request invalid, 2 result invalid, 3 refused and not run, "
                                + "4 internal error, 64 wrong usage, 69 something needed is not there",
                        "mayfly exec -f samples/ok.json",
                        "mayfly exec -f request.json --policy my.policy.yml --timeout 5 --out result.json",
                        "echo '{\"cmd\":\"echo hi\"}' | mayfly exec -f -");
    }

    @Override
    public int run(Words words, Session session) throws InterruptedException {
        JsonObject parameters = parameters(words, session);
        Optional<Path> out = words.text("--out").map(session::resolve);
        String file = words.text("--file")
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.USAGE,
                        "exec needs a request",
                        "there is no --file",
                        "mayfly exec -f request.json, or - to read it from stdin"));
        Reply reply = session.call(() -> new Call("exec", parameters, session.readInput(file)));
        return session.finish(reply, out);
    }

    private static JsonObject parameters(Words words, Session session) {
        JsonObject parameters = JsonObject.of();
        Optional<String> policy = words.text("--policy")
                .or(() -> session.variable("MAYFLY_POLICY"))
                .or(() -> session.variable("MAGICRUNE_POLICY"));
        if (policy.isPresent()) {
            parameters = parameters.with("policy", session.resolve(policy.get()).toString());
        }
        Optional<Long> timeout = words.number("--timeout", 0, MAX_TIMEOUT_SEC);
        if (timeout.isPresent()) {
            parameters = parameters.with("timeout_sec", timeout.get());
        }
        // A double holds integers exactly up to 2^53, and canonical JSON is what the run is named by.
        Optional<Long> seed = words.number("--seed", 0, (1L << 53) - 1);
        if (seed.isPresent()) {
            parameters = parameters.with("seed", seed.get());
        }
        Optional<String> backend = words.text("--backend")
                .or(() -> session.variable("MAYFLY_BACKEND"))
                .or(() -> session.variable("MAGICRUNE_FORCE_WASM")
                        .filter(value -> value.equals("1"))
                        .map(_ -> "wasm"));
        if (backend.isPresent()) {
            parameters = parameters.with("backend", known(backend.get()));
        }
        if (words.on("--strict") && words.on("--allow-degraded")) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "--strict and --allow-degraded contradict each other",
                    "the first refuses what the second permits",
                    "leave one of them out");
        }
        return parameters.with("strict", words.on("--strict")).with("allow_degraded", words.on("--allow-degraded"));
    }

    private static String known(String backend) {
        if (!BACKENDS.contains(backend)) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "there is no backend '" + backend + "'",
                    "known are " + String.join(", ", BACKENDS),
                    "leave --backend out to get the strongest that works here");
        }
        return backend;
    }
}
