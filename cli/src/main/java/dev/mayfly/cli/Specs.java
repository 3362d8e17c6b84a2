package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** Short ways to describe commands through picocli's model, which costs far less at start-up than its annotations. */
final class Specs {
    private Specs() {}

    /** A command with the options that every command has. */
    static CommandSpec command(String name, String description) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage()
                .description(description)
                .synopsisHeading("usage: ")
                .descriptionHeading("%n")
                .parameterListHeading("%narguments:%n")
                .optionListHeading("%noptions:%n")
                .commandListHeading("%ncommands:%n")
                .abbreviateSynopsis(true)
                .sortOptions(false)
                .width(100)
                .adjustLineBreaksForWideCJKCharacters(false);
        spec.addOption(value("--home", "DIR", "where state lives (MAYFLY_HOME, default ~/.mayfly)"));
        spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("show this text")
                .build());
        return spec;
    }

    /** Text after the options; {@code examples} are lines as one would type them. */
    static void footer(CommandSpec spec, String exitCodes, String... examples) {
        StringBuilder text = new StringBuilder("%nexamples:%n");
        for (String example : examples) {
            text.append("  ").append(example).append("%n");
        }
        text.append("%nexit codes: ").append(exitCodes);
        spec.usageMessage().footer(text.toString());
    }

    static OptionSpec value(String name, String label, String description) {
        return OptionSpec.builder(name)
                .type(String.class)
                .paramLabel(label)
                .description(description)
                .build();
    }

    static OptionSpec flag(String name, String description) {
        return OptionSpec.builder(name)
                .type(boolean.class)
                .description(description)
                .build();
    }

    static PositionalParamSpec positional(String label, String description) {
        return PositionalParamSpec.builder()
                .index("0")
                .arity("1")
                .type(String.class)
                .paramLabel(label)
                .description(description)
                .build();
    }

    static Optional<String> text(ParseResult parsed, String option) {
        return Optional.ofNullable(parsed.matchedOptionValue(option, (String) null));
    }

    static boolean on(ParseResult parsed, String option) {
        return parsed.matchedOptionValue(option, false);
    }

    /** A whole number within bounds. */
    static Optional<Long> number(ParseResult parsed, String option, long min, long max) {
        return text(parsed, option).map(text -> {
            try {
                long value = Long.parseLong(text);
                if (value >= min && value <= max) {
                    return value;
                }
            } catch (NumberFormatException _) {
                // Told below, together with the range.
            }
            throw new MayflyException(
                    ErrorCode.USAGE,
                    option + " does not understand '" + text + "'",
                    "it takes a whole number from " + min + " to " + max,
                    "for example: " + option + " " + Math.clamp(30, min, max));
        });
    }
}
