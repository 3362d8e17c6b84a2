package dev.mayfly.cli;

import dev.mayfly.cli.Command.Option;
import java.util.List;

/** Commands of {@code mayfly env} about the runtime one is in, and about the home. */
final class EnvHomeCommands {
    private static final int MANY = Integer.MAX_VALUE;
    private static final String DONE = "0 done, 69 not there or not possible, 4 internal error, 64 wrong usage";
    private static final Option JSON = Option.flag("--json", "print JSON instead of text");

    private EnvHomeCommands() {}

    static List<Command> all() {
        return List.of(edit(), reset(), status(), config(), mount(), unmount(), disks(), migrate());
    }

    private static Command edit() {
        return Command.named(
                        "mayfly env edit",
                        "Opens a shell in an environment that can be changed; without REF, lets files of the runtime it is"
                                + " said in be changed again.")
                .withArguments("REF", "what to open, as for env shell", 0, 1)
                .with(
                        Option.flag("--off", "without REF: keep what was changed, and let nothing else be"),
                        Option.value("--name", "NAME", "with REF: a name for the runtime"),
                        Option.flag("--keep", "with REF: keep what was changed when the last process is gone"),
                        Option.value("--size", "BYTES", "with REF: room for changes in memory, for example 2g"),
                        Option.value("--front-end", "NAME", "with REF: how it is shown, as for env run"),
                        Option.value("--at", "DIR", "with REF: where it is seen (default /spfs; MAYFLY_ENV_AT)"),
                        JSON)
                .ending(DONE, "mayfly env edit tools/base", "mayfly env edit --off", "mayfly env edit");
    }

    private static Command reset() {
        return Command.named(
                        "mayfly env reset", "Takes back what was changed in this runtime; all of it without a GLOB.")
                .withArguments(
                        "GLOB",
                        "paths from the root of the environment; * and ? do not match a slash, ** does; quote them",
                        0,
                        MANY)
                .with(JSON)
                .ending(DONE, "mayfly env reset", "mayfly env reset 'bin/*' '**.o'", "mayfly env reset /spfs/etc");
    }

    private static Command status() {
        return Command.named(
                        "mayfly env status",
                        "Says in which runtime this is, what it shows, and what was changed there.")
                .with(JSON)
                .ending("0 said, also outside of runtimes; 4 internal error", "mayfly env status");
    }

    private static Command config() {
        return Command.named(
                        "mayfly env config", "Shows settings of environments with where each comes from, or sets one.")
                .withArguments("KEY", "a setting, for example env.origin; then its new value", 0, 2)
                .with(Option.flag("--unset", "take the setting out of the file"), JSON)
                .ending(
                        "0 done, 64 no such setting or value, 4 internal error",
                        "mayfly env config",
                        "mayfly env config env.origin /srv/spfs",
                        "mayfly env config --unset env.origin");
    }

    private static Command mount() {
        return Command.named(
                        "mayfly env mount",
                        "Shows an environment read-only at a folder, for all processes, until it is unmounted; lists what is"
                                + " mounted when none is named.")
                .withArguments("REF", "an environment, and a folder that is there", 0, 2)
                .with(JSON)
                .ending(DONE, "mayfly env mount tools/base /mnt/tools", "mayfly env mount");
    }

    private static Command unmount() {
        return Command.named("mayfly env unmount", "Takes away what env mount has mounted.")
                .withArgument("DIR", "the folder")
                .with(Option.flag("--lazy", "also while processes use it: they keep what they have open"), JSON)
                .ending(DONE, "mayfly env unmount /mnt/tools");
    }

    private static Command disks() {
        return Command.named(
                        "mayfly env disks",
                        "Lays an environment out as disks for machines of a fleet: an EROFS image and the packs that it"
                                + " takes contents from. Costs nothing on the repository's own file system, and stays when"
                                + " the repository forgets it.")
                .withArguments("REF", "an environment, and a folder that is not there yet", 2, 2)
                .with(JSON)
                .ending(
                        DONE,
                        "mayfly env disks tools/base /var/lib/tools-base",
                        "mayfly fleet agent --env /var/lib/tools-base");
    }

    private static Command migrate() {
        return Command.named(
                        "mayfly env migrate",
                        "Copies all that tags name, with their histories, to a repository of another form; SPFS' own can be"
                                + " used without it.")
                .withArguments("FROM", "a repository, also one of SPFS; and where to (default that of this home)", 1, 2)
                .with(
                        Option.flag("--spfs", "make the new one so that SPFS can use it: a file for each payload"),
                        Option.flag("--quiet", "do not say how it goes"),
                        JSON)
                .ending(
                        DONE,
                        "mayfly env migrate /srv/spfs",
                        "mayfly env migrate --spfs ~/.mayfly/env/repository /srv/new");
    }
}
