package dev.mayfly.fleet.api;

import java.util.regex.Pattern;

/**
 * What tells one machine from all others: 32 lower-case hexadecimal digits, as in machine-id(5). Given to one machine,
 * ever: two machines with one identifier are one machine to everything that asks them.
 */
public record MachineIdentifier(String value) implements Comparable<MachineIdentifier> {
    private static final Pattern FORM = Pattern.compile("[0-9a-f]{32}");

    public MachineIdentifier {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("a machine identifier is 32 lower-case hexadecimal digits: " + value);
        }
    }

    @Override
    public int compareTo(MachineIdentifier other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
