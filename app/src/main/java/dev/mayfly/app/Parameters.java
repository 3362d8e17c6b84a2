package dev.mayfly.app;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.util.Optional;
import java.util.OptionalLong;

/** Typed reading of a call's parameters; a client of another version may send anything. */
final class Parameters {
    private final String operation;
    private final JsonObject values;

    Parameters(String operation, JsonObject values) {
        this.operation = operation;
        this.values = values;
    }

    Optional<String> text(String name) {
        return values.get(name).map(value -> {
            if (value instanceof JsonString string) {
                return string.value();
            }
            throw wrong(name, "text", value);
        });
    }

    boolean flag(String name) {
        JsonValue value = values.get(name).orElse(new JsonBool(false));
        if (value instanceof JsonBool bool) {
            return bool.value();
        }
        throw wrong(name, "true or false", value);
    }

    OptionalLong number(String name, long min, long max) {
        Optional<JsonValue> value = values.get(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        if (value.get() instanceof JsonNumber number) {
            OptionalLong exact = number.exactLong();
            if (exact.isPresent() && exact.getAsLong() >= min && exact.getAsLong() <= max) {
                return exact;
            }
        }
        throw wrong(name, "a whole number from " + min + " to " + max, value.get());
    }

    private MayflyException wrong(String name, String expected, JsonValue value) {
        return new MayflyException(
                ErrorCode.SERVICE_PROTOCOL,
                "the parameter " + name + " of " + operation + " makes no sense",
                expected + " is expected, not " + value.kind(),
                "client and service may be of different versions: stop the service and start it again");
    }
}
