package dev.mayfly.base.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Resolved settings. Immutable. */
public final class Config {
    private static final String DEFAULT = "default";

    private final Keys keys;
    private final Map<String, Resolved> values;
    private final List<ConfigProblem> warnings;

    private record Resolved(Object value, String origin) {}

    private Config(Keys keys, Map<String, Resolved> values, List<ConfigProblem> warnings) {
        this.keys = keys;
        this.values = values;
        this.warnings = List.copyOf(warnings);
    }

    /**
     * Applies the one precedence rule: flag, then the key's own variable, then its old names, then file, then default.
     * A value that is overridden is checked all the same, so that it does not wait to surprise.
     *
     * @throws ConfigException with every problem found
     */
    public static Config resolve(Keys keys, ConfigSource flags, Map<String, String> environment, ConfigSource file) {
        List<ConfigProblem> problems = new ArrayList<>();
        List<ConfigProblem> warnings = new ArrayList<>();
        // Weakest first: what is put later wins.
        List<Setting> settings = new ArrayList<>();
        addDefaults(keys, settings);
        addKnown(keys, file, settings, problems);
        addEnvironment(keys, environment, settings, warnings);
        addKnown(keys, flags, settings, problems);

        ParseContext context = new ParseContext(environment.getOrDefault("HOME", ""));
        Map<String, Resolved> values = new HashMap<>();
        for (Setting setting : settings) {
            Key<?> key = keys.find(setting.key()).orElseThrow();
            try {
                values.put(key.name(), new Resolved(key.type().parse(setting.values(), context), setting.origin()));
            } catch (BadValueException e) {
                problems.add(new ConfigProblem(setting.origin(), describe(key, setting) + " " + e.problem()));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new Config(keys, values, warnings);
    }

    private static String describe(Key<?> key, Setting setting) {
        if (key.secret()) {
            return key.name() + " (secret)";
        }
        String text = setting.values().size() == 1
                ? setting.values().getFirst()
                : setting.values().toString();
        return key.name() + " \"" + text + "\"";
    }

    private static void addDefaults(Keys keys, List<Setting> settings) {
        for (Key<?> key : keys.all()) {
            if (key.defaultText().isPresent()) {
                settings.add(Setting.of(key.name(), key.defaultText().get(), DEFAULT));
            }
        }
    }

    private static void addKnown(Keys keys, ConfigSource source, List<Setting> settings, List<ConfigProblem> problems) {
        Map<String, String> seen = new HashMap<>();
        for (Setting setting : source.settings()) {
            if (keys.find(setting.key()).isEmpty()) {
                problems.add(new ConfigProblem(setting.origin(), unknown(keys, setting.key())));
                continue;
            }
            String before = seen.put(setting.key(), setting.origin());
            if (before != null) {
                problems.add(new ConfigProblem(
                        setting.origin(), setting.key() + " is set twice, the first time at " + before));
            }
            settings.add(setting);
        }
    }

    private static String unknown(Keys keys, String name) {
        return "unknown key " + name
                + keys.nearest(name).map(near -> ", did you mean " + near + "?").orElse("");
    }

    private static void addEnvironment(
            Keys keys, Map<String, String> environment, List<Setting> settings, List<ConfigProblem> warnings) {
        List<String> known = new ArrayList<>();
        for (Key<?> key : keys.all()) {
            known.add(key.variable());
            for (Alias alias : key.aliases().reversed()) {
                String text = environment.get(alias.name());
                Optional<String> value = text == null ? Optional.empty() : alias.translate(text);
                value.ifPresent(meant -> settings.add(Setting.of(key.name(), meant, alias.name())));
            }
            String own = environment.get(key.variable());
            // An empty variable is how scripts unset one.
            if (own != null && !own.isEmpty()) {
                settings.add(Setting.of(key.name(), own, key.variable()));
            }
        }
        for (String name : environment.keySet()) {
            // Only a warning: the launcher script has variables of its own, and a newer program may share the shell.
            if (name.startsWith("MAYFLY_") && !known.contains(name)) {
                warnings.add(new ConfigProblem(name, "no setting of this name"));
            }
        }
    }

    /** The value of a key that has a default. */
    public <T> T get(Key<T> key) {
        return find(key).orElseThrow(() -> new IllegalArgumentException(key.name() + " has no default: use find"));
    }

    /** The value of a key, when it is set. */
    @SuppressWarnings("unchecked") // resolve put in what the same key's type made
    public <T> Optional<T> find(Key<T> key) {
        if (!keys.contains(key)) {
            throw new IllegalArgumentException("not a key of this program: " + key.name());
        }
        Resolved resolved = values.get(key.name());
        return resolved == null ? Optional.empty() : Optional.of((T) resolved.value());
    }

    /** Where the value comes from: a flag, a variable, a line of a file, {@code default}; {@code not set} otherwise. */
    public String origin(Key<?> key) {
        Resolved resolved = values.get(Objects.requireNonNull(key, "key").name());
        return resolved == null ? "not set" : resolved.origin();
    }

    /** Things that are odd but not wrong, to be logged once. */
    public List<ConfigProblem> warnings() {
        return warnings;
    }
}
