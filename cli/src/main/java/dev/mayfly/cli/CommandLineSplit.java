package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.List;
import java.util.Optional;

/**
 * The command line cut at its verb, before any command is described. {@code libexec/mayfly} decides by the same rules
 * which profile to start, so the two change together.
 *
 * @param home what {@code --home} before the verb said
 * @param verb the first word that is no option; empty when there is none
 * @param rest everything after the verb
 */
record CommandLineSplit(
        Optional<String> home, Optional<String> verb, List<String> rest, boolean helpAsked, boolean versionAsked) {

    static CommandLineSplit of(List<String> arguments) {
        Optional<String> home = Optional.empty();
        boolean help = false;
        boolean version = false;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (argument.equals("--home")) {
                if (++i == arguments.size()) {
                    throw usage("--home needs a folder", "mayfly --home DIR " + "COMMAND …");
                }
                home = Optional.of(arguments.get(i));
            } else if (argument.startsWith("--home=")) {
                home = Optional.of(argument.substring("--home=".length()));
            } else if (argument.equals("--help") || argument.equals("-h")) {
                help = true;
            } else if (argument.equals("--version") || argument.equals("-V")) {
                version = true;
            } else if (argument.startsWith("-")) {
                throw usage("unknown option " + argument + " before the command", "see: mayfly --help");
            } else {
                List<String> rest = arguments.subList(i + 1, arguments.size());
                return new CommandLineSplit(home, Optional.of(argument), rest, help, version);
            }
        }
        return new CommandLineSplit(home, Optional.empty(), List.of(), help, version);
    }

    private static MayflyException usage(String what, String fix) {
        return new MayflyException(ErrorCode.USAGE, what, "", fix);
    }
}
