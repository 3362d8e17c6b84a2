package dev.mayfly.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A command as data: enough to read what was typed, to explain a mistake and to print help.
 *
 * @param path as it is typed, for example {@code mayfly job show}
 * @param argument what may stand after the options, if anything
 * @param anyWords true for a command whose first word that is no option ends its options: the rest is handed on unread
 */
record Command(
        String path,
        String description,
        List<Option> options,
        Optional<Argument> argument,
        boolean anyWords,
        List<Command> subcommands,
        String exitCodes,
        List<String> examples) {

    /**
     * One option.
     *
     * @param names all spellings; the last one is the long one, by which {@link Words} knows it
     * @param label stands for the value in help; empty for a flag
     * @param many whether it may be given several times; its values are joined by {@link #JOINT} then
     */
    record Option(List<String> names, String label, String description, boolean many) {
        /** No word of a command line can have it. */
        static final String JOINT = "\0";

        Option(List<String> names, String label, String description) {
            this(names, label, description, false);
        }

        static Option values(String name, String label, String description) {
            return new Option(List.of(name), label, description + "; may be given several times", true);
        }

        static Option value(String name, String label, String description) {
            return new Option(List.of(name), label, description);
        }

        static Option flag(String name, String description) {
            return new Option(List.of(name), "", description);
        }

        boolean isFlag() {
            return label.isEmpty();
        }

        String name() {
            return names.getLast();
        }
    }

    /**
     * Words after the options.
     *
     * @param least how many there must be
     * @param most how many there may be
     */
    record Argument(String label, String description, int least, int most) {}

    /** A command that knows nothing but {@code --home}. */
    static Command named(String path, String description) {
        Option home = Option.value("--home", "DIR", "where state lives (MAYFLY_HOME, default ~/.mayfly)");
        return new Command(path, description, List.of(home), Optional.empty(), false, List.of(), "", List.of());
    }

    Command with(Option... more) {
        List<Option> all = new ArrayList<>(List.of(more));
        all.addAll(options);
        return new Command(path, description, all, argument, anyWords, subcommands, exitCodes, examples);
    }

    Command withArgument(String label, String about) {
        return withArguments(label, about, 1, 1);
    }

    Command withArguments(String label, String about, int least, int most) {
        return withArgument(new Argument(label, about, least, most), false);
    }

    /** For a command that runs another one: what follows its first word is not its own. */
    Command withAnyWords(String label, String about, int least) {
        return withArgument(new Argument(label, about, least, Integer.MAX_VALUE), true);
    }

    private Command withArgument(Argument words, boolean any) {
        return new Command(path, description, options, Optional.of(words), any, subcommands, exitCodes, examples);
    }

    Command withSubcommands(Command... commands) {
        return new Command(path, description, options, argument, anyWords, List.of(commands), exitCodes, examples);
    }

    /** What help ends with: the exit codes in one line, and lines that can be typed. */
    Command ending(String codes, String... lines) {
        return new Command(path, description, options, argument, anyWords, subcommands, codes, List.of(lines));
    }

    /** The last word of the path. */
    String word() {
        return path.substring(path.lastIndexOf(' ') + 1);
    }

    Optional<Option> option(String spelling) {
        for (Option option : options) {
            if (option.names().contains(spelling)) {
                return Optional.of(option);
            }
        }
        return Optional.empty();
    }

    Optional<Command> subcommand(String word) {
        for (Command command : subcommands) {
            if (command.word().equals(word)) {
                return Optional.of(command);
            }
        }
        return Optional.empty();
    }
}
