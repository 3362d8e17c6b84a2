package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.app.SettingKeys;
import dev.mayfly.app.SettingsFile;
import dev.mayfly.base.config.Config;
import dev.mayfly.base.config.Key;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.text.Spelling;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Shows the settings of environments with where each comes from, and writes them into the configuration file. */
final class ConfigOperations {
    private static final String PREFIX = "env.";

    private ConfigOperations() {}

    static int config(HandedWords words, EnvSession session) {
        Config config = session.settings().config();
        Optional<Key<?>> named = words.optional(0).map(ConfigOperations::key);
        if (words.on("--unset") || words.arguments().size() > 1) {
            return write(words, named, session);
        }
        if (named.isPresent()) {
            JsonObject row = row(named.get(), config);
            String value = config.find(named.get())
                    .map(each -> text(named.get(), each))
                    .orElse("");
            session.output(words).value(value, row);
            return ExitCode.GREEN.number();
        }
        List<JsonObject> rows = keys().map(key -> row(key, config)).toList();
        session.output(words).table(rows, List.of("key", "value", "from"));
        return ExitCode.GREEN.number();
    }

    private static int write(HandedWords words, Optional<Key<?>> named, EnvSession session) {
        Key<?> key = named.orElseThrow(() -> new MayflyException(
                ErrorCode.USAGE, "--unset needs a key", "", "for example: mayfly env config --unset env.origin"));
        if (words.on("--unset") && words.arguments().size() > 1) {
            throw new MayflyException(
                    ErrorCode.USAGE,
                    "--unset takes no value",
                    key.name() + " is either set or not",
                    "mayfly env config --unset " + key.name());
        }
        SettingsFile file = session.settingsFile();
        file.set(key, words.optional(1));
        String done = words.optional(1).isPresent() ? "set" : "unset";
        session.output(words)
                .value(
                        done + " " + key.name() + " in " + file.path(),
                        JsonObject.of()
                                .with(done, key.name())
                                .with("file", file.path().toString()));
        String origin = session.settings().config().origin(key);
        if (session.environment().containsKey(origin)) {
            session.voice().progress("but here " + origin + " is set, which wins over the file");
        }
        return ExitCode.GREEN.number();
    }

    private static Stream<Key<?>> keys() {
        return SettingKeys.ALL.all().stream().filter(key -> key.name().startsWith(PREFIX));
    }

    /** @param typed with or without the {@code env.} that all have */
    private static Key<?> key(String typed) {
        String name = typed.startsWith(PREFIX) ? typed : PREFIX + typed;
        List<String> all = keys().map(Key::name).toList();
        return keys().filter(key -> key.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.USAGE,
                        "there is no setting " + name,
                        "settings of environments are " + String.join(", ", all),
                        Spelling.nearest(name, all)
                                .map(near -> "did you mean " + near + "?")
                                .orElse("mayfly env config")));
    }

    private static JsonObject row(Key<?> key, Config config) {
        JsonObject row = JsonObject.of().with("key", key.name());
        Optional<?> value = config.find(key);
        return (value.isPresent() ? row.with("value", text(key, value.get())) : row).with("from", config.origin(key));
    }

    private static String text(Key<?> key, Object value) {
        if (key.secret()) {
            return "(secret)";
        }
        return value instanceof Enum<?> word
                ? word.name().toLowerCase(Locale.ROOT).replace('_', '-')
                : value.toString();
    }
}
