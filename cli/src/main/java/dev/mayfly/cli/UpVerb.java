package dev.mayfly.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code mayfly up}: the service, in the foreground. */
final class UpVerb implements Verb {
    private static final int MAX_SLOTS = 1024;

    @Override
    public CommandSpec spec() {
        CommandSpec spec = Specs.command(
                "mayfly up",
                "Starts the service that keeps everything warm, in the foreground. It prints one line when it is ready, "
                        + "and ends in order on SIGTERM or Ctrl-C. Other commands find it by themselves.");
        spec.addOption(Specs.value("--slots", "N", "how many jobs may run at once (default: one per processor)"));
        spec.addOption(Specs.value("--config", "FILE", "the configuration (default: mayfly.yaml in the home folder)"));
        Specs.footer(
                spec,
                "0 told to stop and stopped in order, 64 wrong usage or configuration, 69 another one runs already, "
                        + "4 internal error",
                "mayfly up",
                "mayfly --home /var/lib/mayfly up --slots 4");
        return spec;
    }

    @Override
    public int run(ParseResult parsed, Session session) throws InterruptedException {
        Map<String, String> flags = new TreeMap<>();
        Specs.number(parsed, "--slots", 1, MAX_SLOTS).ifPresent(slots -> flags.put("slots", slots.toString()));
        Specs.text(parsed, "--config")
                .ifPresent(file -> flags.put("config", session.resolve(file).toString()));
        return session.runHere("up", flags, List.of());
    }
}
