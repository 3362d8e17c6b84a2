package dev.mayfly.fleet.guest;

import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.util.List;

/** Members of objects that somebody else has written: of another kind is as if it were not there. */
public final class Texts {
    private Texts() {}

    public static String text(JsonObject object, String name) {
        return object.get(name)
                .filter(JsonString.class::isInstance)
                .map(value -> ((JsonString) value).value())
                .orElse("");
    }

    public static long number(JsonObject object, String name, long usual) {
        return object.get(name)
                .filter(JsonNumber.class::isInstance)
                .map(value -> ((JsonNumber) value).exactLong().orElse(usual))
                .orElse(usual);
    }

    public static List<String> texts(JsonObject object, String name) {
        return object.get(name)
                .filter(JsonArray.class::isInstance)
                .map(value -> ((JsonArray) value)
                        .items().stream()
                                .filter(JsonString.class::isInstance)
                                .map(item -> ((JsonString) item).value())
                                .toList())
                .orElse(List.of());
    }
}
