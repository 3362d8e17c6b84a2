package dev.mayfly.sandbox.policy;

import dev.mayfly.sandbox.allow.Ascii;
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
            return plain && (text.isEmpty() || text.equals("~") || text.equalsIgnoreCase("null"));
        }

        /** Quoted, or at least nothing that other YAML programs read as a number, a truth value or nothing. */
        boolean isText() {
            boolean truth = text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false");
            return !plain || !(isNull() || truth || looksLikeNumber());
        }

        private boolean looksLikeNumber() {
            boolean signed = text.startsWith("-") || text.startsWith("+");
            String unsigned = signed ? text.substring(1) : text;
            boolean start = !unsigned.isEmpty() && (Ascii.isDigit(unsigned.charAt(0)) || unsigned.startsWith("."));
            return start
                    && Ascii.all(unsigned, c -> Ascii.isHex(c) || "._xo+-infINFaA".indexOf(c) >= 0)
                    && !isAddress();
        }

        /** Two dots are no number anywhere. */
        private boolean isAddress() {
            return text.indexOf('.') != text.lastIndexOf('.');
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
