package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The thorough way to read a command line, and the only one that explains mistakes and prints help. */
final class Picocli {
    private Picocli() {}

    /** What came of reading. */
    sealed interface Reading {
        record Understood(Words words) implements Reading {}

        record HelpAsked(String text) implements Reading {}
    }

    /** @throws MayflyException {@code USAGE} that says what is wrong with the words */
    static Reading read(Command command, List<String> words) {
        CommandLine line = new CommandLine(spec(command));
        ParseResult parsed;
        try {
            parsed = line.parseArgs(words.toArray(String[]::new));
        } catch (ParameterException e) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    String.valueOf(e.getMessage()),
                    "",
                    "see: " + path(e.getCommandLine().getCommandSpec()) + " --help",
                    e);
        }
        Command meant = command;
        Map<String, String> values = new HashMap<>();
        while (true) {
            if (parsed.isUsageHelpRequested()) {
                return new Reading.HelpAsked(help(meant));
            }
            for (OptionSpec option : parsed.matchedOptions()) {
                values.put(
                        option.longestName(),
                        option.isMultiValue()
                                ? String.join(Command.Option.JOINT, option.<List<String>>getValue())
                                : String.valueOf(option.<Object>getValue()));
            }
            if (!parsed.hasSubcommand()) {
                break;
            }
            parsed = parsed.subcommand();
            String name = parsed.commandSpec().name();
            meant = meant.subcommand(name).orElseThrow(() -> new IllegalStateException("no sub-command " + name));
        }
        // Listed once for each run of words between options, each time with all its words.
        List<String> arguments = parsed.matchedPositionals().stream()
                .distinct()
                .flatMap(positional -> positional.originalStringValues().stream())
                .toList();
        return new Reading.Understood(new Words(meant, values, arguments));
    }

    static String help(Command command) {
        CommandSpec spec = spec(command);
        // On its own, so that the synopsis shows the whole path.
        spec.name(command.path());
        return new CommandLine(spec).getUsageMessage(Ansi.OFF);
    }

    private static String path(CommandSpec spec) {
        return spec.parent() == null ? spec.name() : path(spec.parent()) + " " + spec.name();
    }

    private static CommandSpec spec(Command command) {
        CommandSpec spec = CommandSpec.create().name(command.path());
        spec.usageMessage()
                .description(escaped(command.description()))
                .synopsisHeading("usage: ")
                .descriptionHeading("%n")
                .parameterListHeading("%narguments:%n")
                .optionListHeading("%noptions:%n")
                .commandListHeading("%ncommands:%n")
                .abbreviateSynopsis(true)
                .sortOptions(false)
                .width(100)
                .footer(footer(command));
        for (Command.Option option : command.options()) {
            spec.addOption(option(option));
        }
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("show this text")
                .build());
        command.argument().ifPresent(argument -> spec.addPositional(positional(argument)));
        if (command.anyWords()) {
            spec.parser().stopAtPositional(true);
        }
        for (Command subcommand : command.subcommands()) {
            spec.addSubcommand(subcommand.word(), spec(subcommand).name(subcommand.word()));
        }
        return spec;
    }

    private static OptionSpec option(Command.Option option) {
        OptionSpec.Builder builder = OptionSpec.builder(option.names().toArray(String[]::new));
        builder.description(escaped(option.description()));
        if (option.isFlag()) {
            builder.type(boolean.class);
        } else if (option.many()) {
            builder.type(List.class).auxiliaryTypes(String.class).paramLabel(option.label());
        } else {
            builder.type(String.class).paramLabel(option.label());
        }
        return builder.build();
    }

    private static PositionalParamSpec positional(Command.Argument argument) {
        PositionalParamSpec.Builder builder =
                PositionalParamSpec.builder().paramLabel(argument.label()).description(escaped(argument.description()));
        if (argument.most() == 1) {
            String arity = argument.least() + "..1";
            builder.index("0").arity(arity).required(argument.least() == 1).type(String.class);
        } else {
            String most = argument.most() == Integer.MAX_VALUE ? "*" : String.valueOf(argument.most());
            builder.index("0.." + (argument.most() == Integer.MAX_VALUE ? "*" : String.valueOf(argument.most() - 1)))
                    .arity(argument.least() + ".." + most)
                    .required(argument.least() > 0)
                    .type(List.class)
                    .auxiliaryTypes(String.class);
        }
        return builder.build();
    }

    private static String footer(Command command) {
        StringBuilder text = new StringBuilder("%nexamples:%n");
        for (String example : command.examples()) {
            text.append("  ").append(escaped(example)).append("%n");
        }
        return text.append("%nexit codes: ").append(command.exitCodes()).toString();
    }

    /** Picocli formats what it prints. */
    private static String escaped(String text) {
        return text.replace("%", "%%");
    }
}
