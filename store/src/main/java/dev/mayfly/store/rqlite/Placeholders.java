package dev.mayfly.store.rqlite;

import java.util.ArrayList;
import java.util.List;

/**
 * Where the values of a statement go: the places of {@code ?} outside of quotes and comments.
 *
 * @param places offsets into the text, in order
 */
record Placeholders(String sql, List<Integer> places) {
    Placeholders {
        places = List.copyOf(places);
    }

    static Placeholders of(String sql) {
        List<Integer> places = new ArrayList<>();
        for (int at = 0; at < sql.length(); ) {
            char c = sql.charAt(at);
            if (c == '?') {
                places.add(at++);
            } else {
                at = switch (c) {
                    case '\'', '"', '`' -> after(sql, String.valueOf(c), at + 1);
                    case '[' -> after(sql, "]", at + 1);
                    case '-' -> sql.startsWith("--", at) ? after(sql, "\n", at) : at + 1;
                    case '/' -> sql.startsWith("/*", at) ? after(sql, "*/", at + 2) : at + 1;
                    default -> at + 1;
                };
            }
        }
        return new Placeholders(sql, places);
    }

    /** A doubled quote ends one text and begins the next, which comes to the same. */
    private static int after(String sql, String end, int from) {
        int at = sql.indexOf(end, from);
        return at < 0 ? sql.length() : at + end.length();
    }

    /** The statement with these values, counted from 0, taken for text whatever they are. */
    String castToText(List<Integer> values) {
        StringBuilder text = new StringBuilder(sql);
        for (int value : values.reversed()) {
            if (value < places.size()) {
                int at = places.get(value);
                text.replace(at, at + 1, "CAST(? AS TEXT)");
            }
        }
        return text.toString();
    }
}
