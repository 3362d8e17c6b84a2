package dev.mayfly.cli;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code mayfly up}: the service, in the foreground. */
final class UpVerb implements Verb {
    private static final int MAX_SLOTS = 64;

    @Override
    public Command command() {
        return Command.named(
                        "mayfly up",
                        "Starts the service that keeps everything warm, in the foreground. It prints one line when it "
                                + "is ready, and ends in order on SIGTERM or Ctrl-C. Other commands find it by "
                                + "themselves.")
                .with(
                        Command.Option.value(
                                "--slots", "N", "how many jobs may run at once (default: one per processor)"),
                        Command.Option.value(
                                "--config", "FILE", "the configuration (default: mayfly.yaml in the home folder)"))
                .ending(
                        "0 told to stop and stopped in order, 64 wrong usage or configuration, 69 another one runs "
                                + "already or its address for metrics is taken, 4 internal error",
                        "mayfly up",
                        "mayfly --home /var/lib/mayfly up --slots 4");
    }

    @Override
    public int run(Words words, Session session) throws InterruptedException {
        Map<String, String> flags = new TreeMap<>();
        words.number("--slots", 1, MAX_SLOTS).ifPresent(slots -> flags.put("slots", slots.toString()));
        words.text("--config")
                .ifPresent(file -> flags.put("config", session.resolve(file).toString()));
        return session.runHere("up", flags, List.of());
    }
}
