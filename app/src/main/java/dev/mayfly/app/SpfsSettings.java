package dev.mayfly.app;

import dev.mayfly.base.config.Key;
import dev.mayfly.base.config.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code spfs.toml} of SPFS says, under our keys; weaker than our own file. Of TOML only {@code key = value} lines in
 * plain sections are understood, with texts in quotes; everything else is for SPFS and passed over.
 */
final class SpfsSettings {
    /** For the whole machine; that of the user is stronger. */
    static final Path OF_MACHINE = Path.of("/etc/spfs.toml");

    private static final int MOST_BYTES = 1 << 20;
    private static final Pattern SECTION = Pattern.compile("\\s*\\[\\s*([A-Za-z0-9_.-]+)\\s*]\\s*(?:#.*)?");
    private static final Pattern TEXT =
            Pattern.compile("\\s*([A-Za-z0-9_.-]+)\\s*=\\s*(?:\"([^\"\\\\]*)\"|'([^']*)')\\s*(?:#.*)?");

    /** Sections and keys of SPFS, and ours. */
    private static final Map<String, Key<?>> KEYS = Map.of(
            "storage.root", SettingKeys.ENV_REPOSITORY,
            "storage.tag_namespace", SettingKeys.ENV_TAG_NAMESPACE,
            "remote.origin.address", SettingKeys.ENV_ORIGIN);

    /** By our key, since two places may say the same. */
    private final Map<String, Setting> settings = new LinkedHashMap<>();

    private final Map<String, String> user = new LinkedHashMap<>();

    private SpfsSettings() {}

    static Path ofUser(String home) {
        return Path.of(home, ".config", "spfs", "spfs.toml");
    }

    /** @param files the weakest first; those that are not there or cannot be read say nothing */
    static List<Setting> read(List<Path> files) {
        SpfsSettings reading = new SpfsSettings();
        for (Path file : files) {
            try {
                if (Files.isRegularFile(file) && Files.size(file) <= MOST_BYTES) {
                    reading.lines(file, Files.readAllLines(file));
                }
            } catch (IOException e) {
                // It is another program's file: whether it is whole is not for us to judge.
            }
        }
        return new ArrayList<>(reading.settings.values());
    }

    private void lines(Path file, List<String> lines) {
        String section = "";
        for (int at = 0; at < lines.size(); at++) {
            Matcher head = SECTION.matcher(lines.get(at));
            Matcher text = TEXT.matcher(lines.get(at));
            if (head.matches()) {
                section = head.group(1) + ".";
            } else if (text.matches()) {
                String value = text.group(2) == null ? text.group(3) : text.group(2);
                put(section + text.group(1), value, file + ":" + (at + 1));
            }
        }
    }

    private void put(String name, String value, String origin) {
        if (name.equals("user.name") || name.equals("user.domain")) {
            user.put(name, value);
            if (user.size() == 2) {
                String both = user.get("user.name") + "@" + user.get("user.domain");
                settings.put(SettingKeys.ENV_USER.name(), Setting.of(SettingKeys.ENV_USER.name(), both, origin));
            }
            return;
        }
        Key<?> key = KEYS.get(name);
        if (key != null && !value.isEmpty()) {
            settings.put(key.name(), Setting.of(key.name(), value, origin));
        }
    }
}
