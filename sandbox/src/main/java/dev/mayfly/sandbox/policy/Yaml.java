package dev.mayfly.sandbox.policy;

import java.util.List;

/** The part of YAML that a policy may use, with the line of each node for error texts. */
sealed interface Yaml {
    int line();

    /** A word for error texts. */
    String kind();

    /** @param plain written without quotes, so that numbers and null are meant as such */
    record Scalar(String text, boolean plain, int line) implements Yaml {
        @Override
        public String kind() {
            return isNull() ? "nothing" : "the text '" + text + "'";
        }

        boolean isNull() {
            return plain && (text.isEmpty() || text.equals("null") || text.equals("~"));
        }
    }

    record Sequence(List<Yaml> items, int line) implements Yaml {
        public Sequence {
            items = List.copyOf(items);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    record Entry(String key, int line, Yaml value) {}

    record Mapping(List<Entry> entries, int line) implements Yaml {
        public Mapping {
            entries = List.copyOf(entries);
        }

        @Override
        public String kind() {
            return "a map of keys";
        }
    }
}
