package dev.mayfly.env.runtime;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.env.object.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;

/** {@code runtime.json}. */
final class RecordJson {
    private static final long FORMAT = 1;

    private RecordJson() {}

    static byte[] write(RuntimeRecord record) {
        JsonObject json = JsonObject.of()
                .with("format", FORMAT)
                .with("id", record.id().text())
                .with("stack", digests(record.stack()))
                .with("layers", digests(record.layers()))
                .with("front_end", record.frontEnd())
                .with("view", record.view().toString())
                .with("target", record.target().toString())
                .with("editable", record.editable())
                .with("durable", record.durable())
                .with("own_user_namespace", record.ownUserNamespace())
                .with("owner_uid", record.ownerUid())
                .with("boot_id", record.bootId())
                .with("created", record.created().toString());
        return (JsonWriter.pretty(json) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    private static JsonArray digests(List<Digest> digests) {
        return JsonArray.ofStrings(digests.stream().map(Digest::toString).toList());
    }

    /** @throws MayflyException {@code STATE_CORRUPT} */
    static RuntimeRecord read(Path file, byte[] bytes) {
        try {
            if (!(JsonReader.read(bytes) instanceof JsonObject json) || number(json, "format") != FORMAT) {
                throw new IllegalArgumentException("not a record of format " + FORMAT);
            }
            return new RuntimeRecord(
                    new RuntimeId(text(json, "id")),
                    digests(json, "stack"),
                    digests(json, "layers"),
                    text(json, "front_end"),
                    Path.of(text(json, "view")),
                    Path.of(text(json, "target")),
                    flag(json, "editable"),
                    flag(json, "durable"),
                    flag(json, "own_user_namespace"),
                    Math.toIntExact(number(json, "owner_uid")),
                    text(json, "boot_id"),
                    Instant.parse(text(json, "created")));
        } catch (JsonSyntaxException | IllegalArgumentException | ArithmeticException | DateTimeParseException e) {
            throw new MayflyException(
                    ErrorCode.STATE_CORRUPT,
                    file + " cannot be read",
                    String.valueOf(e.getMessage()),
                    "remove the folder of this runtime, after saving the changes in its folder disk",
                    e);
        }
    }

    private static JsonValue member(JsonObject json, String name) {
        return json.get(name).orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
    }

    private static String text(JsonObject json, String name) {
        if (member(json, name) instanceof JsonString text) {
            return text.value();
        }
        throw new IllegalArgumentException(name + " is no text");
    }

    private static boolean flag(JsonObject json, String name) {
        if (member(json, name) instanceof JsonBool flag) {
            return flag.value();
        }
        throw new IllegalArgumentException(name + " is neither true nor false");
    }

    private static long number(JsonObject json, String name) {
        if (member(json, name) instanceof JsonNumber number) {
            return number.exactLong().orElseThrow(() -> new IllegalArgumentException(name + " is no integer"));
        }
        throw new IllegalArgumentException(name + " is no number");
    }

    private static List<Digest> digests(JsonObject json, String name) {
        if (member(json, name) instanceof JsonArray array) {
            return array.items().stream()
                    .map(item -> item instanceof JsonString text
                            ? Digest.parse(text.value())
                                    .orElseThrow(() -> new IllegalArgumentException(name + " has no digest"))
                            : Digest.NULL)
                    .toList();
        }
        throw new IllegalArgumentException(name + " is no list");
    }
}
