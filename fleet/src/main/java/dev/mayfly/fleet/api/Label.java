package dev.mayfly.fleet.api;

import java.util.Locale;

/**
 * Something that a job asks of its machine, for example {@code self-hosted} or {@code gpu}. Compared without regard to
 * case, as GitHub does with {@code runs-on}.
 */
public record Label(String value) implements Comparable<Label> {
    private static final int LONGEST = 256;

    public Label {
        value = value.strip().toLowerCase(Locale.ROOT);
        if (value.isEmpty() || value.length() > LONGEST || value.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "a label must be 1 to " + LONGEST + " characters that can be printed: \"" + value + "\"");
        }
    }

    @Override
    public int compareTo(Label other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
