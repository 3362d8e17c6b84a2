package dev.mayfly.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a command line that is plainly right, and gives up on everything else.
 *
 * <p>Making picocli's model of a command and letting it parse costs about half as much as starting the JVM. So it is
 * only asked when this reader gives up: for help, for mistakes, and for spellings that are rare. Whatever both read,
 * they read alike; a property test holds that.
 */
final class QuickReader {
    private final Command command;
    private final List<String> words;
    private final Map<String, String> values = new HashMap<>();
    private final List<String> arguments = new ArrayList<>();
    private int next;

    private QuickReader(Command command, List<String> words) {
        this.command = command;
        this.words = words;
    }

    static Optional<Words> read(Command command, List<String> words) {
        if (!words.isEmpty()) {
            // Options before the sub-command belong to its parent, which is rare enough to be left to picocli.
            Optional<Command> subcommand = command.subcommand(words.getFirst());
            if (subcommand.isPresent()) {
                return read(subcommand.get(), words.subList(1, words.size()));
            }
        }
        if (!command.subcommands().isEmpty()) {
            return Optional.empty();
        }
        return new QuickReader(command, words).read();
    }

    private Optional<Words> read() {
        while (next < words.size()) {
            String word = words.get(next++);
            if (!isOption(word)) {
                arguments.add(word);
                if (command.anyWords()) {
                    arguments.addAll(words.subList(next, words.size()));
                    next = words.size();
                }
            } else if (!readOption(word)) {
                return Optional.empty();
            }
        }
        return isEnough()
                        && arguments.stream().allMatch(command.anyWords() ? QuickReader::isBare : QuickReader::isPlain)
                ? Optional.of(new Words(command, values, arguments))
                : Optional.empty();
    }

    private boolean isEnough() {
        int least = command.argument().map(Command.Argument::least).orElse(0);
        int most = command.argument().map(Command.Argument::most).orElse(0);
        return arguments.size() >= least && arguments.size() <= most;
    }

    private boolean readOption(String word) {
        int equals = word.startsWith("--") ? word.indexOf('=') : -1;
        Optional<Command.Option> known = command.option(equals < 0 ? word : word.substring(0, equals));
        if (known.isEmpty()) {
            return false;
        }
        Command.Option option = known.get();
        String value;
        if (option.isFlag()) {
            value = "true";
        } else if (equals >= 0) {
            value = word.substring(equals + 1);
        } else if (next < words.size()) {
            value = words.get(next++);
        } else {
            return false;
        }
        boolean plain = isPlain(value) && !(option.isFlag() && equals >= 0);
        String before = values.putIfAbsent(option.name(), value);
        if (before != null && option.many()) {
            values.put(option.name(), before + Command.Option.JOINT + value);
        }
        return plain && (before == null || option.many());
    }

    private static boolean isOption(String word) {
        return word.startsWith("-") && word.length() > 1;
    }

    /** Picocli has its own ideas about quotes, about nothing, about files of arguments, and about what an option is. */
    private static boolean isPlain(String value) {
        return isBare(value) && !isOption(value);
    }

    private static boolean isBare(String value) {
        return !value.isEmpty() && !value.startsWith("@") && value.indexOf('"') < 0;
    }
}
