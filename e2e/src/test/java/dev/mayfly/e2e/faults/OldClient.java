package dev.mayfly.e2e.faults;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a client of the replaced system knows, and what a reader of raw state has to. */
final class OldClient {
    private OldClient() {}

    static String messageId(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The result in a kept answer as it is handed out; the whole of it when there is none. */
    static String result(String kept) {
        return JsonReader.read(kept.getBytes(StandardCharsets.UTF_8)) instanceof JsonObject object
                        && object.get("result").orElse(object) instanceof JsonString(String text)
                ? text
                : kept;
    }

    static String text(JsonObject object, String name) {
        return object.get(name).orElse(object) instanceof JsonString(String text) ? text : "";
    }
}
