package dev.mayfly.app.env;

import dev.mayfly.app.Table;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.program.Voice;
import java.util.ArrayList;
import java.util.List;

/** The same facts as a table for people or as JSON for programs. */
record EnvOutput(Voice voice, boolean json) {
    /** @param columns names of members, shown in this order to people; programs get all */
    void table(List<JsonObject> rows, List<String> columns) {
        voice.result(json ? JsonWriter.pretty(new JsonArray(List.copyOf(rows))) : Table.of(rows, columns));
    }

    /** For people one line per member, and one per item of a list. */
    void object(JsonObject object) {
        voice.result(json ? JsonWriter.pretty(object) : lines(object));
    }

    private static String lines(JsonObject object) {
        List<String> lines = new ArrayList<>();
        object.members().forEach((name, value) -> {
            if (value instanceof JsonArray array) {
                array.items()
                        .forEach(item -> lines.add(Table.lines(JsonObject.of().with(name, item))));
                if (array.items().isEmpty()) {
                    lines.add(Table.lines(JsonObject.of().with(name, "none")));
                }
            } else {
                lines.add(Table.lines(JsonObject.of().with(name, value)));
            }
        });
        return String.join("\n", lines);
    }

    /** A value that stands for itself where people read, and in an object where programs do. */
    void value(String text, JsonObject object) {
        voice.result(json ? JsonWriter.pretty(object) : text);
    }
}
