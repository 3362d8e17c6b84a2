package dev.mayfly.queue.wire;

import dev.mayfly.base.digest.Sha256;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.queue.api.JobId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The name under which clients of the replaced system (MagicRune's queue) wait for an answer: SHA-256 over the bytes of
 * the message as they were sent, then the seed as eight bytes, the lowest first; 0 when the request has none.
 */
public final class OldId {
    private OldId() {}

    public static JobId of(byte[] body) {
        byte[] seed = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(seed(body))
                .array();
        return new JobId(
                "r_" + Sha256.start().update(body).update(seed).digest().hex());
    }

    private static long seed(byte[] body) {
        try {
            if (JsonReader.read(body) instanceof JsonObject object
                    && object.get("seed").orElse(JsonNumber.of(0)) instanceof JsonNumber number) {
                return number.unsignedLong().orElse(0);
            }
        } catch (JsonSyntaxException _) {
            // The old program, too, took what it could not read for a request without a seed.
        }
        return 0;
    }
}
