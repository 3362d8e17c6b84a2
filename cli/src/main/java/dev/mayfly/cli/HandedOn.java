package dev.mayfly.cli;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was typed for one command of a group, in the one form in which the program takes it: the command without the name of
 * its group, {@code --option=value} for each option, {@code --}, the rest.
 */
final class HandedOn {
    private HandedOn() {}

    /**
     * @param group for example {@code mayfly env}
     * @throws MayflyException {@code USAGE} when a further word is needed
     */
    static List<String> of(String group, Words words) {
        String path = words.command().path();
        if (path.equals(group) || !words.command().subcommands().isEmpty()) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "what about " + words.command().word() + "?",
                    words.command().word() + " needs a further word",
                    "see: " + path + " --help");
        }
        List<String> handed = new ArrayList<>();
        handed.add(path.substring(group.length() + 1));
        for (Map.Entry<String, String> option : new TreeMap<>(words.values()).entrySet()) {
            if (!option.getKey().equals("--home")) {
                handed.add(option.getKey() + "=" + option.getValue());
            }
        }
        handed.add("--");
        handed.addAll(words.arguments());
        return handed;
    }
}
