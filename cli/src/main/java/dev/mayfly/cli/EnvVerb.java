package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code mayfly env …}: read here, done by the whole program in this process, because what it runs needs this terminal and
 * this user. Words are handed on in one form: the sub-command, {@code --option=value} for each option, {@code --}, the rest.
 */
final class EnvVerb implements Verb {
    private static final String PREFIX = "mayfly env ";

    @Override
    public Command command() {
        return EnvCommands.all();
    }

    @Override
    public int run(Words words, Session session) throws InterruptedException {
        String path = words.command().path();
        if (!path.startsWith(PREFIX) || !words.command().subcommands().isEmpty()) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "what about " + words.command().word() + "?",
                    words.command().word() + " needs a further word",
                    "see: " + path + " --help");
        }
        List<String> handed = new ArrayList<>();
        handed.add(path.substring(PREFIX.length()));
        for (Map.Entry<String, String> option : new TreeMap<>(words.values()).entrySet()) {
            if (!option.getKey().equals("--home")) {
                handed.add(option.getKey() + "=" + option.getValue());
            }
        }
        handed.add("--");
        handed.addAll(words.arguments());
        return session.runHere("env", Map.of(), handed);
    }
}
