package dev.mayfly.cli;

import dev.mayfly.cli.Command.Option;

/** The commands of {@code mayfly env service}. */
final class EnvServiceCommands {
    private static final Option JSON = Option.flag("--json", "print JSON instead of lines");

    private EnvServiceCommands() {}

    static Command all() {
        Command start = of("start", "Starts the service in the background, unless it runs; returns when it answers.")
                .with(JSON)
                .ending(
                        "0 it runs, 69 it does not start or is of another version, 4 internal error",
                        "mayfly env service start");
        Command stop = of("stop", "Stops the service; what runs in environments goes on.")
                .with(JSON)
                .ending("0 none runs now, 69 it does not end, 4 internal error", "mayfly env service stop");
        Command status = of(
                        "status", "Says whether the service is well, who has which environment, and what it counted.")
                .with(JSON)
                .ending(
                        "0 it runs, 69 it does not or does not answer, 4 internal error",
                        "mayfly env service status",
                        "mayfly env service status --json");
        Command run = of("run", "Runs the service in the foreground, for a service manager.")
                .with(Option.flag("--background", "leave the session of the terminal, as start has it done"))
                .ending(
                        "0 stopped by a call, by SIGTERM or because nobody needed it; 69 one runs already; 4 internal error",
                        "mayfly env service run");
        return Command.named(
                        "mayfly env service",
                        "Keeps views mounted, so that mayfly env run starts commands faster. Stays until nobody has"
                                + " needed it for a while (env.service-idle).")
                .withSubcommands(start, stop, status, run)
                .ending("0 done, 69 not there, 4 internal error, 64 wrong usage", "mayfly env service status");
    }

    private static Command of(String word, String description) {
        return Command.named("mayfly env service " + word, description);
    }
}
