package dev.mayfly.base.local;

import dev.mayfly.base.json.JsonLimits;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonSyntaxException;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.json.JsonWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Calls and replies as payloads. A call is u8 version, u32 length of the head (little-endian), the head as JSON
 * {@code {"operation": …, "parameters": {…}}}, then the body as it is. Everything read here is checked as hostile input.
 */
final class Wire {
    /** Raised when an old peer could misread a new one; peers of different versions refuse each other. */
    static final int VERSION = 1;

    private static final int CALL_PREFIX = 5;
    /** Parameters are what fits on a command line; anything large travels in the body. */
    private static final JsonLimits HEAD = new JsonLimits(1 << 20, 32, 20_000);

    private Wire() {}

    static Frame call(Call call) {
        byte[] head = utf8(JsonObject.of().with("operation", call.operation()).with("parameters", call.parameters()));
        byte[] payload = new byte[CALL_PREFIX + head.length + call.body().length];
        ByteBuffer.wrap(payload)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) VERSION)
                .putInt(head.length)
                .put(head)
                .put(call.body());
        return new Frame(FrameType.CALL, payload);
    }

    static Call call(Frame frame) throws ProtocolException {
        byte[] payload = frame.payload();
        if (frame.type() != FrameType.CALL || payload.length < CALL_PREFIX) {
            throw new ProtocolException("a call is expected");
        }
        if (payload[0] != VERSION) {
            throw new ProtocolException(
                    "the client speaks version " + (payload[0] & 0xff) + " of the protocol, the service " + VERSION);
        }
        long headLength = Integer.toUnsignedLong(
                ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN).getInt(1));
        if (headLength > payload.length - CALL_PREFIX) {
            throw new ProtocolException("the head of the call is longer than its frame");
        }
        int bodyAt = CALL_PREFIX + (int) headLength;
        JsonObject head = object(Arrays.copyOfRange(payload, CALL_PREFIX, bodyAt), HEAD);
        String operation = text(head, "operation");
        if (!Call.isName(operation)) {
            throw new ProtocolException("the call names no operation");
        }
        if (!(head.members().get("parameters") instanceof JsonObject parameters)) {
            throw new ProtocolException("\"parameters\" must be an object");
        }
        return new Call(operation, parameters, Arrays.copyOfRange(payload, bodyAt, payload.length));
    }

    private static final int MAX_PROGRESS_CHARS = 4096;

    /** Shortened when needed: progress must never be what breaks a call. */
    static byte[] progress(String line) {
        String shown = line.length() > MAX_PROGRESS_CHARS ? line.substring(0, MAX_PROGRESS_CHARS) + "…" : line;
        return shown.getBytes(StandardCharsets.UTF_8);
    }

    static Frame reply(Reply reply) {
        if (reply instanceof Reply.Done done) {
            byte[] result = utf8(done.result());
            byte[] payload = new byte[1 + result.length];
            payload[0] = (byte) done.exitCode();
            System.arraycopy(result, 0, payload, 1, result.length);
            return new Frame(FrameType.DONE, payload);
        }
        Reply.Failed failed = (Reply.Failed) reply;
        return new Frame(
                FrameType.FAILED,
                utf8(JsonObject.of()
                        .with("code", failed.code())
                        .with("what", failed.what())
                        .with("why", failed.why())
                        .with("fix", failed.fix())
                        .with("exit_code", failed.exitCode())));
    }

    static Reply done(Frame frame) throws ProtocolException {
        byte[] payload = frame.payload();
        if (payload.length < 2) {
            throw new ProtocolException("the reply is empty");
        }
        byte[] result = Arrays.copyOfRange(payload, 1, payload.length);
        return new Reply.Done(payload[0] & 0xff, json(result, new JsonLimits(result.length, 64, Integer.MAX_VALUE)));
    }

    static Reply failed(Frame frame) throws ProtocolException {
        JsonObject failure = object(frame.payload(), HEAD);
        return new Reply.Failed(
                text(failure, "code"),
                text(failure, "what"),
                text(failure, "why"),
                text(failure, "fix"),
                exitCode(failure));
    }

    private static int exitCode(JsonObject failure) throws ProtocolException {
        if (failure.members().get("exit_code") instanceof JsonNumber number
                && number.isInteger()
                && number.value().signum() >= 0
                && number.value().intValue() <= 255) {
            return number.value().intValue();
        }
        throw new ProtocolException("\"exit_code\" must be 0 to 255");
    }

    private static String text(JsonObject object, String name) throws ProtocolException {
        if (object.members().get(name) instanceof JsonString string) {
            return string.value();
        }
        throw new ProtocolException("\"" + name + "\" must be a string");
    }

    private static JsonObject object(byte[] bytes, JsonLimits limits) throws ProtocolException {
        if (json(bytes, limits) instanceof JsonObject object) {
            return object;
        }
        throw new ProtocolException("a JSON object is expected");
    }

    private static JsonValue json(byte[] bytes, JsonLimits limits) throws ProtocolException {
        try {
            return JsonReader.read(bytes, limits);
        } catch (JsonSyntaxException e) {
            throw new ProtocolException("bad JSON, " + e.getMessage());
        }
    }

    private static byte[] utf8(JsonValue value) {
        return JsonWriter.compact(value).getBytes(StandardCharsets.UTF_8);
    }
}
