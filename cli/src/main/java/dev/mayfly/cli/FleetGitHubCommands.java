package dev.mayfly.cli;

import dev.mayfly.cli.Command.Option;

/** The commands of {@code mayfly fleet github}: runners for jobs of GitHub Actions. */
final class FleetGitHubCommands {
    private static final String ENDS =
            "0 done, 69 GitHub or the fleet's server does not answer, 4 refused or internal error, 64 wrong usage";
    private static final Option TOKEN = Option.value(
            "--token-file",
            "FILE",
            "a token that may write self-hosted runners, read anew for each call; for its owner alone");
    private static final Option API =
            Option.value("--api", "URL", "of a GitHub server of your own (default https://api.github.com)");
    private static final Option GROUP = Option.value("--group", "N", "the group of runners (default 1)");

    private FleetGitHubCommands() {}

    static Command all() {
        return FleetCommands.of("github", "Has runners for jobs of GitHub Actions, each registered for one job.")
                .withSubcommands(serve(), jit())
                .ending(
                        ENDS,
                        "mayfly fleet github serve --token-file token --secret-file secret --quota 4",
                        "mayfly fleet github jit octo/hello runner-1 --token-file token");
    }

    private static Command serve() {
        return FleetCommands.of(
                        "github serve",
                        "Takes webhooks of jobs (workflow_job), adds a runner for each that is queued and removes it when"
                                + " the job is over. An owner who has as many as its quota waits in line.")
                .with(
                        Option.value("--listen", "HOST:PORT", "where webhooks come in (default 127.0.0.1:9475)"),
                        Option.value("--secret-file", "FILE", "the webhook's secret, for its owner alone"),
                        TOKEN,
                        API,
                        GROUP,
                        Option.flag("--org", "register runners with the owner of a repository, not with it"),
                        Option.values(
                                "--quota",
                                "N or OWNER=N",
                                "how many runners an owner may have at once; N alone is for all who are not named"),
                        Option.values("--label", "LABEL", "only jobs with all of these (default self-hosted)"),
                        Option.value("--type", "SIZE", "of jobs without a label such as size-medium (default small)"),
                        Option.value(
                                "--script",
                                "FILE",
                                "starts the runner, with ACTIONS_RUNNER_INPUT_JITCONFIG set (default: run.sh of"
                                        + " /opt/actions-runner)"),
                        Option.value(
                                "--server",
                                "HOST:PORT",
                                "the server of the fleet (MAYFLY_FLEET_SERVER, default 127.0.0.1:7747)"))
                .ending(
                        ENDS,
                        "mayfly fleet github serve --token-file token --secret-file secret",
                        "mayfly fleet github serve --token-file token --secret-file secret --org --quota octo=8 --quota 2");
    }

    private static Command jit() {
        return FleetCommands.of(
                        "github jit",
                        "Registers a runner for one job, and prints what it starts with (encoded_jit_config). Whoever has"
                                + " that is the runner.")
                .withArgument("PLACE", "a repository as OWNER/NAME, or an organisation")
                .withArgument("NAME", "what the runner is called; one of this name that is left is replaced")
                .with(
                        TOKEN,
                        API,
                        GROUP,
                        Option.values("--label", "LABEL", "what jobs ask for (default self-hosted)"),
                        Option.flag("--json", "print JSON"))
                .ending(
                        ENDS,
                        "mayfly fleet github jit octo/hello runner-1 --token-file token --label self-hosted --label linux",
                        "mayfly fleet github jit octo runner-2 --token-file token --json");
    }
}
