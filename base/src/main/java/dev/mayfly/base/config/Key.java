package dev.mayfly.base.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The declaration of one setting. Keys are constants of the room that reads them.
 *
 * @param name lower-case words with dots and dashes, for example {@code exec.timeout}; the environment variable follows
 *     from it ({@code MAYFLY_EXEC_TIMEOUT})
 * @param defaultText the default as a user would write it; absent when the setting may be left out
 * @param meaning one sentence for the documentation
 * @param aliases old names, strongest first; all weaker than the key's own variable
 * @param secret true when its value must never be printed
 */
public record Key<T>(
        String name,
        ValueType<T> type,
        Optional<String> defaultText,
        String meaning,
        List<Alias> aliases,
        boolean secret) {
    public Key {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(defaultText, "defaultText");
        Objects.requireNonNull(meaning, "meaning");
        aliases = List.copyOf(aliases);
        if (!isName(name)) {
            throw new IllegalArgumentException("not a key name: " + name);
        }
    }

    /** A key that may be left out; read it with {@link Config#find}. */
    public static <T> Key<T> of(String name, ValueType<T> type, String meaning) {
        return new Key<>(name, type, Optional.empty(), meaning, List.of(), false);
    }

    public Key<T> withDefault(String text) {
        return new Key<>(name, type, Optional.of(text), meaning, aliases, secret);
    }

    public Key<T> withAlias(Alias alias) {
        List<Alias> more = new ArrayList<>(aliases);
        more.add(alias);
        return new Key<>(name, type, defaultText, meaning, more, secret);
    }

    public Key<T> asSecret() {
        return new Key<>(name, type, defaultText, meaning, aliases, true);
    }

    public String variable() {
        return "MAYFLY_" + name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private static boolean isName(String name) {
        boolean wordStart = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean separator = c == '.' || c == '-';
            boolean letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
            if (!letter && (!separator || wordStart)) {
                return false;
            }
            wordStart = separator;
        }
        return !wordStart;
    }
}
