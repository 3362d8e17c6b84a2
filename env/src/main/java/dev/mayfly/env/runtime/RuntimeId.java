package dev.mayfly.env.runtime;

import java.util.regex.Pattern;

/** The name of a runtime: 1 to 64 ASCII letters, digits and {@code - _ .}, the first one no dot. */
public record RuntimeId(String text) implements Comparable<RuntimeId> {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}");

    /** @throws IllegalArgumentException when it is no such name */
    public RuntimeId {
        if (!FORM.matcher(text).matches()) {
            throw new IllegalArgumentException("not a name of a runtime: " + text);
        }
    }

    @Override
    public int compareTo(RuntimeId other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}
