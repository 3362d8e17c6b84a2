package dev.mayfly.app;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import java.util.List;
import java.util.stream.Collectors;

/** JSON as text for people. Control characters do not come through: names in results are chosen by untrusted code. */
public final class Table {
    /** A whole run id fits, to be copied. */
    private static final int MAX_CELL = 66;

    private Table() {}

    /** One row per object, one column per name; nothing but the head when there are no rows. */
    public static String of(List<JsonObject> rows, List<String> columns) {
        int[] widths = columns.stream()
                .mapToInt(column -> Math.max(
                        column.length(),
                        rows.stream()
                                .mapToInt(row -> cell(row, column).length())
                                .max()
                                .orElse(0)))
                .toArray();
        StringBuilder text = new StringBuilder();
        line(text, columns.stream().map(Table::head).toList(), widths);
        for (JsonObject row : rows) {
            line(text, columns.stream().map(column -> cell(row, column)).toList(), widths);
        }
        return text.toString();
    }

    /** One line per member. */
    public static String lines(JsonObject object) {
        return object.members().keySet().stream()
                .map(name -> head(name).toLowerCase(java.util.Locale.ROOT) + ": " + cell(object, name))
                .collect(Collectors.joining("\n"));
    }

    private static String head(String column) {
        return column.replace('_', ' ').toUpperCase(java.util.Locale.ROOT);
    }

    private static void line(StringBuilder text, List<String> cells, int[] widths) {
        int start = text.length();
        for (int i = 0; i < cells.size(); i++) {
            text.append(cells.get(i)).repeat(' ', widths[i] - cells.get(i).length() + 2);
        }
        int end = text.length();
        while (end > start && text.charAt(end - 1) == ' ') {
            end--;
        }
        text.setLength(end);
        text.append('\n');
    }

    private static String cell(JsonObject row, String column) {
        JsonValue value = row.get(column).orElse(new JsonString(""));
        String text = value instanceof JsonString string ? string.value() : JsonWriter.compact(value);
        StringBuilder clean = new StringBuilder();
        text.codePoints()
                .limit(MAX_CELL + 1L)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
                .forEach(clean::appendCodePoint);
        if (clean.codePointCount(0, clean.length()) > MAX_CELL) {
            clean.setLength(clean.offsetByCodePoints(0, MAX_CELL - 1));
            clean.append('…');
        }
        return clean.toString();
    }
}
