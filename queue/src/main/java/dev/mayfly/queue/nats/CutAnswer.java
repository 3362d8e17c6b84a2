package dev.mayfly.queue.nats;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.json.JsonLimits;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.wire.AnswerJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An answer as one message carries it. A result that is too large keeps its form: long texts in it end early, other large
 * members are left out, and {@code "cut"} names both. The whole result is in the ledger.
 */
final class CutAnswer {
    /** Members that are no longer than this are never cut. */
    private static final int SHORT = 512;

    /** As deep as the reader allows anywhere; as long as any result that a store could keep. */
    private static final JsonLimits LIMITS = new JsonLimits(Integer.MAX_VALUE, 64, 1_000_000);

    private CutAnswer() {}

    /** @param most bytes of the message */
    static byte[] sent(JobId name, Answer answer, int most) {
        byte[] whole = AnswerJson.sent(name, answer);
        if (whole.length <= most) {
            return whole;
        }
        try {
            if (answer instanceof Answer.Graded && JsonReader.read(whole, LIMITS) instanceof JsonObject result) {
                for (int share = most / 4; share >= SHORT; share /= 2) {
                    byte[] cut = cut(result, share);
                    if (cut.length <= most) {
                        return cut;
                    }
                }
            }
        } catch (JsonSyntaxException e) {
            // What is no JSON cannot be cut.
        }
        return AnswerJson.sent(
                name,
                Answer.Failed.of(
                        ErrorCode.RESULT_INVALID,
                        "the answer does not fit into a message",
                        "it has " + whole.length + " bytes and messages of this server " + most,
                        "mayfly job result " + name.value()));
    }

    private static byte[] cut(JsonObject result, int share) {
        JsonObject out = JsonObject.of();
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, JsonValue> member : result.members().entrySet()) {
            JsonValue value = member.getValue();
            if (bytes(value).length <= share) {
                out = out.with(member.getKey(), value);
                continue;
            }
            names.add(member.getKey());
            if (value instanceof JsonString(String text)) {
                out = out.with(member.getKey(), beginning(text, share));
            }
        }
        return bytes(out.with("cut", JsonArray.ofStrings(names)));
    }

    /** Escapes take up to six bytes for a character. */
    private static String beginning(String text, int share) {
        int end = Math.min(text.length(), share / 6);
        if (end > 0 && Character.isHighSurrogate(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(0, end);
    }

    private static byte[] bytes(JsonValue value) {
        return JsonWriter.compact(value).getBytes(StandardCharsets.UTF_8);
    }
}
