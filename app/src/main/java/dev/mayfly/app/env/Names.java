package dev.mayfly.app.env;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.util.List;
import java.util.function.Function;

/** Lists of words as JSON. */
final class Names {
    private Names() {}

    static <T> JsonArray array(List<T> items, Function<T, String> word) {
        return new JsonArray(items.stream()
                .<JsonValue>map(item -> new JsonString(word.apply(item)))
                .toList());
    }
}
