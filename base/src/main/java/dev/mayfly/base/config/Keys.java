package dev.mayfly.base.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All keys a program knows, without two that could be meant by the same word. */
public final class Keys {
    private final Map<String, Key<?>> byName;

    private Keys(Map<String, Key<?>> byName) {
        this.byName = byName;
    }

    /** @throws IllegalArgumentException when two keys share a name, a variable or an alias */
    public static Keys of(List<? extends Key<?>> keys) {
        Map<String, Key<?>> byName = new LinkedHashMap<>();
        Map<String, String> byVariable = new LinkedHashMap<>();
        for (Key<?> key : keys) {
            if (byName.put(key.name(), key) != null) {
                throw new IllegalArgumentException("two keys are named " + key.name());
            }
            claim(byVariable, key.variable(), key);
            for (Alias alias : key.aliases()) {
                // One old switch may set several keys, but then each time under a condition of its own key.
                if (alias.onlyWhen().isEmpty()) {
                    claim(byVariable, alias.name(), key);
                }
            }
        }
        return new Keys(Collections.unmodifiableMap(byName));
    }

    private static void claim(Map<String, String> byVariable, String variable, Key<?> key) {
        String other = byVariable.put(variable, key.name());
        if (other != null) {
            throw new IllegalArgumentException(variable + " means both " + other + " and " + key.name());
        }
    }

    public List<Key<?>> all() {
        return new ArrayList<>(byName.values());
    }

    Optional<Key<?>> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Keys are constants, so the same name means the same key; comparing records links code at every start. */
    @SuppressWarnings("ReferenceEquality")
    boolean contains(Key<?> key) {
        return key == byName.get(key.name());
    }

    /** The key that an unknown name most likely meant: at most two edits away. */
    Optional<String> nearest(String name) {
        String best = "";
        int bestDistance = 3;
        for (String candidate : byName.keySet()) {
            int distance = Edits.between(candidate, name, bestDistance);
            if (distance < bestDistance) {
                best = candidate;
                bestDistance = distance;
            }
        }
        return best.isEmpty() ? Optional.empty() : Optional.of(best);
    }

    /** The reference of all keys as a Markdown table, in the order of declaration. */
    public String table() {
        StringBuilder out =
                new StringBuilder("| key | environment | value | default | meaning |\n|---|---|---|---|---|\n");
        for (Key<?> key : byName.values()) {
            out.append("| `")
                    .append(key.name())
                    .append("` | `")
                    .append(key.variable())
                    .append("` | ")
                    .append(cell(key.type().description()))
                    .append(" | ")
                    .append(key.defaultText()
                            .map(text -> text.isEmpty() ? "(empty)" : "`" + cell(text) + "`")
                            .orElse("none"))
                    .append(" | ")
                    .append(cell(key.meaning()))
                    .append(" |\n");
        }
        return out.toString();
    }

    /** The old names that still work, as a Markdown table. */
    public String aliasTable() {
        StringBuilder out = new StringBuilder("| old name | now | how |\n|---|---|---|\n");
        for (Key<?> key : byName.values()) {
            for (Alias alias : key.aliases()) {
                out.append("| `").append(alias.name());
                alias.onlyWhen().ifPresent(text -> out.append('=').append(text));
                out.append("` | `").append(key.name());
                alias.meaning().ifPresent(value -> out.append(": ").append(value));
                out.append("` | ")
                        .append(alias.onlyWhen().isPresent() ? "with this text only" : "same value")
                        .append(" |\n");
            }
        }
        return out.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
