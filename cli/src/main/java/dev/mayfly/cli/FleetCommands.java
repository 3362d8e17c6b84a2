package dev.mayfly.cli;

import dev.mayfly.cli.Command.Option;
import java.util.ArrayList;
import java.util.List;

/** The commands of {@code mayfly fleet} that speak to a server, with their options and examples. */
final class FleetCommands {
    private static final String ASKED =
            "0 done, 69 no such thing or nobody answers, 4 it failed or internal error, 64 wrong usage";
    private static final Option JSON = Option.flag("--json", "print JSON instead of a table");
    private static final Option SERVER = Option.value(
            "--server", "HOST:PORT", "the server of the fleet (MAYFLY_FLEET_SERVER, default 127.0.0.1:7747)");
    private static final String RUNNER = "its name, its id, or the beginning of its id";
    private static final String HOST = "its id, the beginning of one, or its host name";

    private FleetCommands() {}

    static Command all() {
        return of("", "Runs jobs in virtual machines that live for one job.")
                .withSubcommands(subcommands().toArray(Command[]::new))
                .ending(
                        ASKED,
                        "mayfly fleet server",
                        "mayfly fleet agent",
                        "mayfly fleet add build-17 --script build.sh",
                        "mayfly fleet ls");
    }

    private static List<Command> subcommands() {
        return new ArrayList<>(List.of(
                FleetServiceCommands.server(),
                FleetServiceCommands.agent(),
                FleetServiceCommands.hold(),
                FleetServiceCommands.plugin(),
                add(),
                remove(),
                list(),
                show(),
                logs(),
                exec(),
                ssh(),
                agents(),
                drain(),
                undrain(),
                forgetHost(),
                top(),
                status(),
                FleetTemplateCommands.all(),
                FleetGitHubCommands.all()));
    }

    static Command of(String path, String description) {
        return Command.named(path.isEmpty() ? "mayfly fleet" : "mayfly fleet " + path, description);
    }

    private static Command add() {
        return of(
                        "add",
                        "Adds a runner and waits until its machine takes SSH and its script has leave to start. The"
                                + " same name with the same wish is the same runner, however often it is asked for.")
                .withArgument("NAME", "what it is called")
                .with(
                        Option.value("--script", "FILE", "what it runs, by sh; - is stdin, none is nothing"),
                        Option.value("--type", "SIZE", "nano, micro, small, … 4xlarge (default small)"),
                        Option.values("--label", "LABEL", "what its host must have"),
                        Option.value("--patience", "TIME", "how long to wait, for example 90s (default 5m)"),
                        Option.flag("--quiet", "do not say how it goes"),
                        JSON,
                        SERVER)
                .ending(
                        "0 ready, 69 no room now or not ready in time, 4 it came to nothing, 64 wrong usage or a name"
                                + " that is another's",
                        "mayfly fleet add build-17 --script build.sh",
                        "echo 'make test' | mayfly fleet add t1 --script - --type medium --label gpu --json");
    }

    private static Command remove() {
        return of("rm", "Destroys runners, and waits until their hosts have shown that nothing is left.")
                .withArguments("NAME", RUNNER, 1, Integer.MAX_VALUE)
                .with(
                        Option.value("--patience", "TIME", "how long to wait, for example 30s (default 2m)"),
                        JSON,
                        SERVER)
                .ending(
                        "0 gone, 69 no such runner, 4 not confirmed by its host yet, 64 wrong usage",
                        "mayfly fleet rm build-17");
    }

    private static Command list() {
        return of("ls", "Lists runners.")
                .with(Option.flag("--all", "also those that are gone and still remembered"), JSON, SERVER)
                .ending(ASKED, "mayfly fleet ls", "mayfly fleet ls --all --json");
    }

    private static Command show() {
        return of("show", "Shows all that is known of one runner.")
                .withArgument("NAME", RUNNER)
                .with(JSON, SERVER)
                .ending(ASKED, "mayfly fleet show build-17");
    }

    private static Command logs() {
        return of(
                        "logs",
                        "Prints what the script has written, at most its last 64 KiB; also after its end, for a while.")
                .withArgument("NAME", RUNNER)
                .with(SERVER)
                .ending(ASKED, "mayfly fleet logs build-17");
    }

    private static Command exec() {
        return of("exec", "Runs a command in the machine of a runner; the command's own exit code is the result.")
                .withAnyWords("NAME", RUNNER + "; then -- and the command", 1)
                .with(
                        Option.value("--patience", "TIME", "how long it may take, for example 10m (default 1m)"),
                        Option.flag("--stdin", "hand stdin to the command, up to 1 MiB"),
                        SERVER)
                .ending(
                        "that of the command; 69 and 4 as in docs/errors.md",
                        "mayfly fleet exec build-17 -- uname -a",
                        "mayfly fleet exec build-17 -- sh -c 'ps | wc -l'");
    }

    private static Command ssh() {
        return of("ssh", "Logs in to the machine of a runner, on the host that it runs on.")
                .withAnyWords("NAME", RUNNER + "; then words for ssh(1), such as a command", 1)
                .with(Option.flag("--print", "print the command of ssh instead of running it"), SERVER)
                .ending(
                        "that of ssh(1); 69 and 4 as in docs/errors.md",
                        "mayfly fleet ssh build-17",
                        "mayfly fleet ssh --print build-17");
    }

    private static Command agents() {
        return of("agents", "Lists hosts, and what they hold.")
                .with(JSON, SERVER)
                .ending(ASKED, "mayfly fleet agents");
    }

    private static Command drain() {
        return of("drain", "Gives a host nothing new; what works there may end. Holds until fleet undrain.")
                .withArgument("HOST", HOST)
                .with(JSON, SERVER)
                .ending(ASKED, "mayfly fleet drain mac-7");
    }

    private static Command undrain() {
        return of("undrain", "Gives a host runners again.")
                .withArgument("HOST", HOST)
                .with(JSON, SERVER)
                .ending(ASKED, "mayfly fleet undrain mac-7");
    }

    private static Command forgetHost() {
        return of(
                        "forget-host",
                        "Says that a host is gone for good: its runners count as gone, and those that had not started"
                                + " are placed anew. Only for a host that is not connected; if it comes back, what it"
                                + " still has is destroyed.")
                .withArgument("HOST", HOST)
                .with(JSON, SERVER)
                .ending(ASKED, "mayfly fleet forget-host mac-7");
    }

    private static Command top() {
        return of("top", "Shows hosts and runners, again and again on a terminal, once elsewhere.")
                .with(
                        Option.value("--every", "TIME", "how often, for example 5s (default 2s)"),
                        Option.value("--rounds", "N", "end after so many"),
                        SERVER)
                .ending(ASKED, "mayfly fleet top", "mayfly fleet top --rounds 1");
    }

    private static Command status() {
        return of("status", "Says how the server is, and how long starts have taken since it was started.")
                .with(JSON, SERVER)
                .ending(ASKED, "mayfly fleet status", "mayfly fleet status --json");
    }
}
