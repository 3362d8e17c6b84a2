package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One command line, from its words to its exit code. */
final class Cli {
    private final Map<String, String> environment;
    private final String userHome;
    private final Console console;
    private final Verbs verbs = new Verbs();

    Cli(Map<String, String> environment, String userHome, Console console) {
        this.environment = environment;
        this.userHome = userHome;
        this.console = console;
    }

    int run(List<String> arguments) {
        try {
            return dispatch(arguments);
        } catch (MayflyException e) {
            console.error(e.render());
            return e.code().exitCode().number();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            console.error("interrupted");
            return ErrorCode.INTERNAL.exitCode().number();
        } catch (InvalidPathException e) {
            MayflyException told = new MayflyException(
                    ErrorCode.USAGE,
                    "a path on the command line or in the environment cannot be used: " + e.getInput(),
                    e.getReason(),
                    "write names of files in UTF-8, and start with ./mayfly or in a UTF-8 locale: LC_ALL=C.UTF-8");
            console.error(told.render());
            return told.code().exitCode().number();
        } catch (RuntimeException | LinkageError e) {
            return unexpected(e);
        }
    }

    private int unexpected(Throwable failure) {
        MayflyException told = new MayflyException(
                ErrorCode.INTERNAL,
                "the command failed unexpectedly",
                failure.toString(),
                "this is a bug in Mayfly; MAYFLY_TRACE=1 shows where");
        console.error(told.render());
        if (environment.containsKey("MAYFLY_TRACE")) {
            for (StackTraceElement frame : failure.getStackTrace()) {
                console.error("  at " + frame);
            }
        }
        return told.code().exitCode().number();
    }

    private int dispatch(List<String> arguments) throws InterruptedException {
        CommandLineSplit line = CommandLineSplit.of(arguments);
        if (line.versionAsked()) {
            console.result("mayfly " + version());
            return 0;
        }
        String verb = line.verb().orElse("");
        if (verb.equals("help")) {
            return help(line.rest());
        }
        if (verb.equals("version")) {
            console.result("mayfly " + version());
            return 0;
        }
        if (line.helpAsked()) {
            return help(line.verb().map(List::of).orElse(List.of()));
        }
        if (verb.isEmpty()) {
            throw new MayflyException(ErrorCode.USAGE, "no command given", "", "see: mayfly --help");
        }
        checkVerb(verb);
        return command(line, verb, arguments);
    }

    private int command(CommandLineSplit line, String name, List<String> arguments) throws InterruptedException {
        Verb verb = verbs.make(name);
        Optional<Words> read = QuickReader.read(verb.command(), line.rest());
        if (read.isEmpty()) {
            Picocli.Reading reading = Picocli.read(verb.command(), line.rest());
            if (reading instanceof Picocli.Reading.HelpAsked help) {
                console.result(help.text());
                return 0;
            }
            if (reading instanceof Picocli.Reading.Understood understood) {
                read = Optional.of(understood.words());
            }
        }
        Words words = read.orElseThrow();
        Path workingFolder = Path.of("").toAbsolutePath();
        Path home = home(words.text("--home").or(line::home), workingFolder);
        Relaunch relaunch = new Relaunch(launcher(), arguments);
        Session session = new Session(home, workingFolder, environment, console, relaunch);
        try {
            return verb.run(words, session);
        } catch (Relaunch.Needed _) {
            return session.relaunch();
        }
    }

    private void checkVerb(String verb) {
        if (!verbs.knows(verb)) {
            String nearest = verbs.nearest(verb);
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "there is no command '" + verb + "'",
                    "",
                    nearest.isEmpty()
                            ? "see: mayfly --help"
                            : "did you mean: mayfly " + nearest + "? see: mayfly --help");
        }
    }

    private int help(List<String> words) {
        if (words.isEmpty()) {
            console.result(overview());
            return 0;
        }
        checkVerb(words.getFirst());
        Command at = verbs.make(words.getFirst()).command();
        for (String word : words.subList(1, words.size())) {
            Command parent = at;
            at = parent.subcommand(word)
                    .orElseThrow(() -> new MayflyException(
                            ErrorCode.USAGE,
                            "'" + parent.path() + "' knows no '" + word + "'",
                            "",
                            "see: " + parent.path() + " --help"));
        }
        console.result(Picocli.help(at));
        return 0;
    }

    private String overview() {
        return """
                usage: mayfly [--home DIR] COMMAND …

                Runs code you do not trust on machines that live for one job.

                commands:
                %s

                options:
                  --home DIR      where state lives (MAYFLY_HOME, default ~/.mayfly)
                  -h, --help      show this text, or that of a command: mayfly exec --help
                  -V, --version   show the version

                examples:
                  mayfly doctor
                  mayfly exec -f samples/ok.json
                """.formatted(String.join("\n", verbs.summaries()));
    }

    private Path home(Optional<String> flag, Path workingFolder) {
        String chosen = flag.orElseGet(() -> environment.getOrDefault("MAYFLY_HOME", ""));
        return chosen.isEmpty()
                ? Path.of(userHome, ".mayfly")
                : workingFolder.resolve(chosen).normalize();
    }

    /** The distribution says both when it starts the program. */
    private static Optional<String> launcher() {
        return Optional.ofNullable(System.getProperty("mayfly.script"));
    }

    private static String version() {
        return System.getProperty("mayfly.version", "unreleased");
    }
}
