package dev.mayfly.cli;

import dev.mayfly.cli.Command.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The commands of {@code mayfly env}, with their options and examples. */
final class EnvCommands {
    private static final int MANY = Integer.MAX_VALUE;
    private static final String DONE = "0 done, 69 not there, 4 internal error, 64 wrong usage";
    private static final String SPEC = "tags, digests and spec files, joined by + from bottom to top; - is nothing";
    private static final Option JSON = Option.flag("--json", "print JSON instead of a table");
    private static final Option QUIET = Option.flag("--quiet", "do not say how it goes");
    private static final Option TAG =
            Option.values("--tag", "NAMES", "a tag for what was committed, or several with commas between");
    private static final Option ANNOTATION =
            Option.values("--annotation", "KEY=VALUE", "a word for other tools, kept with the layer");
    private static final Option ANNOTATIONS =
            Option.value("--annotation-file", "FILE", "more of them: a mapping of YAML or JSON");
    private static final Option AT =
            Option.value("--at", "DIR", "where the command sees the environment (default /spfs; MAYFLY_ENV_AT)");
    private static final Option NAMESPACE =
            Option.value("--tag-namespace", "NAME", "use only the tags of this namespace (MAYFLY_ENV_TAG_NAMESPACE)");
    private static final Set<String> TAGLESS =
            Set.of("init", "config", "unmount", "migrate", "join", "list", "prune", "remove", "import", "service");
    private static final Option FRONT_END = Option.value(
            "--front-end",
            "NAME",
            "how it is shown: auto, erofs (root), fuse (by a server of ours), or render (a copy of the files)");
    private static final Option REMOTE = Option.value(
            "--remote", "NAME", "a remote of the configuration, or the path of a repository (default origin)");

    private static final Option LAZY =
            Option.flag("--lazy", "begin before all contents are here, as is done for what only the origin has");

    private EnvCommands() {}

    static Command all() {
        return of("", "Composes environments of layers, runs commands in them, and shares them.")
                .withSubcommands(subcommands().toArray(Command[]::new))
                .ending(
                        DONE,
                        "mayfly env init",
                        "mayfly env commit layer --path ./tools --tag tools/base",
                        "mayfly env run tools/base -- ls /spfs");
    }

    private static List<Command> subcommands() {
        List<Command> all = new ArrayList<>(List.of(
                init(),
                run(),
                shell(),
                commit(),
                diff(),
                info(),
                list(),
                read(),
                write(),
                render(),
                tag(),
                untag(),
                tags(),
                log(),
                search(),
                layers(),
                platforms(),
                push(),
                pull(),
                exports(),
                imports(),
                check(),
                clean(),
                server(),
                feed(),
                serveView(),
                EnvServiceCommands.all(),
                runtime(),
                join()));
        all.addAll(EnvHomeCommands.all());
        return all.stream().map(EnvCommands::inNamespace).toList();
    }

    /** Every command that has to do with tags. */
    private static Command inNamespace(Command command) {
        if (!command.subcommands().isEmpty()) {
            return command.withSubcommands(
                    command.subcommands().stream().map(EnvCommands::inNamespace).toArray(Command[]::new));
        }
        return TAGLESS.contains(command.word()) ? command : command.with(NAMESPACE);
    }

    private static Command of(String path, String description) {
        return Command.named(path.isEmpty() ? "mayfly env" : "mayfly env " + path, description);
    }

    private static Command init() {
        return of("init", "Makes a repository; the usual one of this home when no folder is named.")
                .withArguments("DIR", "where", 0, 1)
                .with(Option.flag("--spfs", "lay it out so that SPFS can write to it too: one file for each payload"))
                .ending(
                        "0 made or there already, 4 internal error",
                        "mayfly env init",
                        "mayfly env init --spfs /srv/spfs");
    }

    private static Command run() {
        return of("run", "Runs a command in an environment; the command's own exit code is the result.")
                .withAnyWords("REF", "what to run in: " + SPEC + "; then -- and the command", 1)
                .with(
                        Option.flag("--edit", "files can be changed, and committed afterwards"),
                        Option.value("--name", "NAME", "a name for the runtime"),
                        Option.flag("--keep", "keep what was changed when the last process is gone"),
                        Option.value("--size", "BYTES", "room for changes in memory, for example 2g"),
                        ANNOTATION,
                        ANNOTATIONS,
                        LAZY,
                        FRONT_END,
                        AT)
                .ending(
                        "that of the command; 128 + the signal that ended it; 69 and 4 as in docs/errors.md",
                        "mayfly env run tools/base -- make",
                        "mayfly env run --edit tools/base+lib/zlib~1 -- sh -c 'echo x > /spfs/x'");
    }

    private static Command shell() {
        return of("shell", "Opens a shell in an environment.")
                .withArguments("REF", SPEC, 0, 1)
                .with(
                        Option.flag("--edit", "files can be changed, and committed with: mayfly env commit layer"),
                        Option.value("--name", "NAME", "a name for the runtime"),
                        Option.flag("--keep", "keep what was changed when the last process is gone"),
                        Option.value("--size", "BYTES", "room for changes in memory, for example 2g"),
                        ANNOTATION,
                        ANNOTATIONS,
                        FRONT_END,
                        AT)
                .ending("that of the shell", "mayfly env shell tools/base", "mayfly env shell --edit -");
    }

    private static Command commit() {
        Command layer = of("commit layer", "Commits what was changed in this runtime, or a folder, as a layer.")
                .with(
                        Option.value("--path", "DIR", "commit this folder instead"),
                        TAG,
                        Option.value("--message", "TEXT", "kept as the annotation 'message'"),
                        ANNOTATION,
                        ANNOTATIONS,
                        Option.flag("--allow-empty", "commit even when there is no change"),
                        Option.flag("--minimal", "leave out files that were touched and are as in the layers below"),
                        QUIET,
                        JSON)
                .ending(
                        DONE,
                        "mayfly env commit layer --tag tools/base",
                        "mayfly env commit layer --path ./out --tag build/out,build/latest");
        Command platform = of(
                        "commit platform",
                        "Commits a stack of layers: that of this runtime with what was changed, or one that is named.")
                .with(Option.value("--ref", "REF", SPEC), TAG, JSON)
                .ending(DONE, "mayfly env commit platform --ref tools/base+lib/zlib --tag suite/2026");
        return of("commit", "Commits a layer or a platform.")
                .withSubcommands(layer, platform)
                .ending(DONE, "mayfly env commit layer --path ./tools --tag tools/base");
    }

    private static Command diff() {
        return of("diff", "Shows what is added, changed and removed from one environment to another.")
                .withArguments("REF", "from and to; without them, from this runtime's stack to what it shows now", 0, 2)
                .with(JSON)
                .ending("0 shown, also when nothing differs; 69 not there", "mayfly env diff tools/base~1 tools/base");
    }

    private static Command info() {
        return of("info", "Says what a tag, a digest or a path in this runtime is, and which layer it comes from.")
                .withArguments(
                        "WHAT", "refs, or paths beginning with a slash; this runtime when none is named", 0, MANY)
                .with(
                        Option.value("--get", "KEY", "only the value of an annotation, the topmost of this key"),
                        Option.flag("--get-all", "all annotations, a line for each"),
                        JSON)
                .ending(
                        DONE,
                        "mayfly env info tools/base",
                        "mayfly env info /spfs/bin/cc",
                        "mayfly env info --get project tools/base");
    }

    private static Command list() {
        return of("ls", "Lists files of an environment without mounting it.")
                .withArguments("REF", "an environment, and a path in it", 1, 2)
                .with(
                        Option.flag("--recursive", "with everything below"),
                        Option.flag("--long", "with mode and size"),
                        JSON)
                .ending(DONE, "mayfly env ls tools/base", "mayfly env ls --recursive --long tools/base bin");
    }

    private static Command read() {
        return of("read", "Prints a file of an environment, or a payload, without mounting anything.")
                .withArguments("REF", "an environment and a path in it, or the digest of a payload", 1, 2)
                .ending(DONE, "mayfly env read tools/base etc/version");
    }

    private static Command write() {
        return of("write", "Keeps stdin, or a file, as a payload and prints its digest.")
                .withArguments("FILE", "instead of stdin", 0, 1)
                .with(TAG, JSON)
                .ending(DONE, "mayfly env write --tag data/model < model.bin");
    }

    private static Command render() {
        return of("render", "Writes an environment into a folder.")
                .withArguments("REF", "an environment, and an empty or new folder", 2, 2)
                .with(Option.value("--strategy", "NAME", "copy, reflink or hardlink (default copy)"))
                .ending(DONE, "mayfly env render tools/base ./out");
    }

    private static Command tag() {
        return of("tag", "Gives something that is there one or more names.")
                .withArguments("REF", "a tag or digest, then names", 2, MANY)
                .with(JSON)
                .ending(DONE, "mayfly env tag tools/base tools/stable");
    }

    private static Command untag() {
        return of("untag", "Takes names away; what they named stays until env clean.")
                .withArguments("TAG", "for example tools/base, or tools/base~2 for one entry of its history", 1, 1)
                .with(
                        Option.flag("--latest", "only the newest of its history"),
                        Option.flag("--all", "the whole history"),
                        JSON)
                .ending(DONE, "mayfly env untag --latest tools/base", "mayfly env untag --all tools/old");
    }

    private static Command tags() {
        return of("tags", "Lists tags and what they name.")
                .withArguments("PREFIX", "only names that begin so", 0, 1)
                .with(Option.flag("--short", "names only"), JSON)
                .ending("0 listed, 4 internal error", "mayfly env tags", "mayfly env tags tools/");
    }

    private static Command log() {
        return of("log", "Shows the history of a tag, newest first.")
                .withArgument("TAG", "its name")
                .with(JSON)
                .ending(DONE, "mayfly env log tools/base");
    }

    private static Command search() {
        return of("search", "Finds tags whose names contain a word.")
                .withArgument("WORD", "in any case")
                .with(JSON)
                .ending("0 also when nothing is found, 4 internal error", "mayfly env search zlib");
    }

    private static Command layers() {
        return of("layers", "Lists all layers of the repository.")
                .with(JSON)
                .ending("0 listed, 4 internal error", "mayfly env layers");
    }

    private static Command platforms() {
        return of("platforms", "Lists all platforms of the repository.")
                .with(JSON)
                .ending("0 listed, 4 internal error", "mayfly env platforms");
    }

    private static Command push() {
        return of("push", "Copies environments to a remote repository, with all they need.")
                .withArguments("REF", "tags and digests", 1, MANY)
                .with(REMOTE, QUIET, JSON)
                .ending(DONE, "mayfly env push tools/base", "mayfly env push --remote /srv/spfs tools/base");
    }

    private static Command pull() {
        return of("pull", "Copies environments from a remote repository, with all they need.")
                .withArguments("REF", "tags and digests", 1, MANY)
                .with(REMOTE, QUIET, JSON)
                .ending(DONE, "mayfly env pull tools/base");
    }

    private static Command exports() {
        return of("export", "Writes environments into a tar file, with all they need.")
                .withArguments("REF", "tags and digests", 1, MANY)
                .with(Option.value("--out", "FILE", "the tar file"), JSON)
                .ending(DONE, "mayfly env export --out tools.tar tools/base");
    }

    private static Command imports() {
        return of("import", "Takes everything out of a tar file of environments; nothing is unpacked to paths.")
                .withArgument("FILE", "made by env export, or by SPFS")
                .with(JSON)
                .ending(DONE, "mayfly env import tools.tar");
    }

    private static Command check() {
        return of("check", "Looks whether everything that is named is there.")
                .withArguments("REF", "only these; everything when left out", 0, MANY)
                .with(
                        Option.flag("--deep", "also whether every payload still has its digest"),
                        Option.value("--pull", "NAME", "fetch what is missing or damaged from this remote"),
                        QUIET,
                        JSON)
                .ending("0 all well, 4 something is missing or damaged", "mayfly env check", "mayfly env check --deep");
    }

    private static Command server() {
        return of("server", "Lets other machines use the repository of this home, until it is told to stop.")
                .with(
                        Option.value("--listen", "HOST:PORT", "where (default 127.0.0.1:7737)"),
                        Option.flag("--open", "without a token, although others can reach the address"),
                        Option.flag("--plaintext", "without a certificate, although others can reach the address"))
                .ending(
                        "0 stopped, 4 internal error, 64 wrong usage, 69 the address is taken",
                        "mayfly env server",
                        "MAYFLY_ENV_TLS_CERT=c.pem MAYFLY_ENV_TLS_KEY=k.pem MAYFLY_ENV_TOKEN=… mayfly env server --listen"
                                + " 0.0.0.0:7737");
    }

    private static Command feed() {
        return of("feed", "Serves a view while its contents arrive; env run starts it, nobody else needs to.")
                .withArgument("DIR", "the folder of the view, below env/lazy of the home")
                .ending("0 nobody uses the view any more, 4 internal error", "mayfly env run --lazy tools/base -- ls");
    }

    private static Command serveView() {
        return of("serve-view", "Serves a view through FUSE; env run starts it, nobody else needs to.")
                .withArgument("DIR", "the place of the mount, below env/fuse of the home")
                .ending(
                        "0 nobody has the view any more, 4 internal error, 69 its holder has ended",
                        "mayfly env run --front-end fuse tools/base -- ls");
    }

    private static Command clean() {
        return of("clean", "Removes what no tag and no runtime needs; with rules, old entries of tags first.")
                .with(
                        Option.flag("--dry-run", "only say what would go"),
                        Option.flag("--prune-repeated", "entries of a tag that name the same as a newer one"),
                        Option.value("--prune-repeated-keep", "N", "but keep so many of them"),
                        Option.value("--prune-if-older-than", "AGE", "for example 26w or 90d"),
                        Option.value("--keep-if-newer-than", "AGE", "whatever the other rules say"),
                        Option.value("--prune-if-more-than", "N", "entries in one tag"),
                        Option.value("--keep-if-less-than", "N", "entries in one tag"),
                        Option.flag("--prune-all-tag-namespaces", "prune tags of all namespaces"),
                        QUIET,
                        JSON)
                .ending(
                        "0 cleaned, 4 internal error",
                        "mayfly env clean --dry-run",
                        "mayfly env clean --prune-if-older-than 26w --keep-if-less-than 3");
    }

    private static Command runtime() {
        Command list = of("runtime list", "Lists runtimes: what runs, and what was kept.")
                .with(JSON)
                .ending("0 listed, 4 internal error", "mayfly env runtime list");
        Command info = of("runtime info", "Shows one runtime; this one when none is named.")
                .withArguments("NAME", "its name or id", 0, 1)
                .with(JSON)
                .ending(DONE, "mayfly env runtime info");
        Command prune = of("runtime prune", "Removes what dead runtimes left.")
                .with(JSON)
                .ending("0 done, 4 internal error", "mayfly env runtime prune");
        Command remove = of("runtime remove", "Removes a runtime that was kept, with its changes.")
                .withArgument("NAME", "its name or id")
                .with(Option.flag("--force", "also when it runs: its processes are killed"), JSON)
                .ending(DONE, "mayfly env runtime remove work", "mayfly env runtime remove --force work");
        return of("runtime", "Looks after runtimes.")
                .withSubcommands(list, info, prune, remove)
                .ending(DONE, "mayfly env runtime list");
    }

    private static Command join() {
        return of("join", "Runs a command, or a shell, in a runtime that is there.")
                .withAnyWords("NAME", "its name or id; then -- and the command", 1)
                .ending("that of the command", "mayfly env join work -- ls /spfs");
    }
}
