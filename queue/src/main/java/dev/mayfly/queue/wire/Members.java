package dev.mayfly.queue.wire;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonLimits;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Reads the members of an object that this program wrote; anything unexpected means that the state is damaged. */
record Members(String what, JsonObject object) {
    /** As deep as an entry with its answer, with room to grow; as long as any result that a store could keep. */
    private static final JsonLimits LIMITS = new JsonLimits(Integer.MAX_VALUE, 8, 1000);

    static Members parse(String what, byte[] text) {
        try {
            if (JsonReader.read(text, LIMITS) instanceof JsonObject object) {
                return new Members(what, object);
            }
        } catch (JsonSyntaxException e) {
            throw damaged(what, String.valueOf(e.getMessage()));
        }
        throw damaged(what, "it is no JSON object");
    }

    static Members parse(String what, String text) {
        return parse(what, text.getBytes(StandardCharsets.UTF_8));
    }

    String text(String name) {
        if (required(name) instanceof JsonString(String value)) {
            return value;
        }
        throw damaged(what, name + " is no text");
    }

    long number(String name) {
        if (required(name) instanceof JsonNumber number) {
            return number.exactLong().orElseThrow(() -> damaged(what, name + " is no whole number"));
        }
        throw damaged(what, name + " is no number");
    }

    int integer(String name) {
        long number = number(name);
        if (number != (int) number) {
            throw damaged(what, name + " is out of range");
        }
        return (int) number;
    }

    boolean flag(String name) {
        if (required(name) instanceof JsonBool(boolean value)) {
            return value;
        }
        throw damaged(what, name + " is neither true nor false");
    }

    Optional<Members> object(String name) {
        return object.get(name).map(value -> {
            if (value instanceof JsonObject inner) {
                return new Members(what, inner);
            }
            throw damaged(what, name + " is no object");
        });
    }

    private JsonValue required(String name) {
        return object.get(name).orElseThrow(() -> damaged(what, name + " is missing"));
    }

    static MayflyException damaged(String what, String why) {
        return new MayflyException(
                ErrorCode.STATE_CORRUPT,
                "cannot read " + what + " in the ledger of the queue",
                why,
                "was it written by a newer release? Then use that one; else restore the state from a backup");
    }
}
