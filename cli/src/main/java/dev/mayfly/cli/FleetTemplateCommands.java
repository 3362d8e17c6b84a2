package dev.mayfly.cli;

import dev.mayfly.cli.Command.Option;

/** The commands of {@code mayfly fleet template}: what machines are cloned from, on this host. */
final class FleetTemplateCommands {
    private static final String ENDS =
            "0 done, 69 no such template or this host cannot do it, 4 it failed or internal error, 64 wrong usage";
    private static final Option JSON = Option.flag("--json", "print JSON");
    private static final String NAME = "what it is called on this host";

    private FleetTemplateCommands() {}

    static Command all() {
        return FleetCommands.of(
                        "template", "Builds, imports and looks after what machines are cloned from, on this host.")
                .withSubcommands(build(), take(), list(), verify(), warm(), remove())
                .ending(
                        ENDS,
                        "mayfly fleet template build",
                        "mayfly fleet template warm debian --type small",
                        "mayfly fleet template ls");
    }

    private static Command build() {
        return FleetCommands.of("template build", "Builds a small Linux template of Debian packages, about a minute.")
                .withArguments("NAME", NAME + " (default debian)", 0, 1)
                .with(JSON)
                .ending(ENDS, "mayfly fleet template build", "mayfly fleet template build debian-12 --json");
    }

    private static Command take() {
        return FleetCommands.of(
                        "template import",
                        "Takes in a folder with Disk.img. One with digests must be what it says; others, such as those of"
                                + " shoes-vz, get digests.")
                .withArgument("FOLDER", "with Disk.img and what belongs to it")
                .with(
                        Option.value("--name", "NAME", NAME + " (default that of the folder)"),
                        Option.value("--ssh-user", "USER", "of a folder that does not say (default runner)"),
                        JSON)
                .ending(ENDS, "mayfly fleet template import macos-26 --name macos --ssh-user runner");
    }

    private static Command list() {
        return FleetCommands.of("template ls", "Lists templates, with the number of machines saved of each.")
                .with(JSON)
                .ending(ENDS, "mayfly fleet template ls");
    }

    private static Command verify() {
        return FleetCommands.of("template verify", "Reads every byte of a template and compares it with its digests.")
                .withArgument("NAME", NAME)
                .with(JSON)
                .ending(ENDS, "mayfly fleet template verify debian");
    }

    private static Command warm() {
        return FleetCommands.of(
                        "template warm",
                        "Boots a machine of each size and saves it, so that others are restored and not booted.")
                .withArgument("NAME", NAME)
                .with(
                        Option.values("--type", "SIZE", "nano, micro, small, … (default small)"),
                        Option.value("--patience", "TIME", "for each boot, for example 10m (default 5m)"),
                        JSON)
                .ending(ENDS, "mayfly fleet template warm debian --type nano --type small");
    }

    private static Command remove() {
        return FleetCommands.of("template rm", "Removes a template and what was saved of it. Machines that live go on.")
                .withArgument("NAME", NAME)
                .with(JSON)
                .ending(ENDS, "mayfly fleet template rm debian");
    }
}
