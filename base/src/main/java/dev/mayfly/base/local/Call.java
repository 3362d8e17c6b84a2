package dev.mayfly.base.local;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.Arrays;
import java.util.Objects;

/**
 * One call of an operation.
 *
 * @param operation dotted name, for example {@code job.show}
 * @param parameters what the command line said, already typed
 * @param body bytes that go along unread, for example a request file. Not copied: the maker lets go of it.
 */
@SuppressWarnings("ArrayRecordComponent") // compared by content below
public record Call(String operation, JsonObject parameters, byte[] body) {
    private static final byte[] NO_BODY = {};
    private static final int MAX_OPERATION = 64;

    public Call {
        Objects.requireNonNull(parameters, "parameters");
        Objects.requireNonNull(body, "body");
        if (!isName(operation)) {
            throw new IllegalArgumentException("operation must be 1 to " + MAX_OPERATION
                    + " lower-case letters, digits, dots and dashes: " + operation);
        }
    }

    /** A call without a body. */
    public static Call of(String operation, JsonObject parameters) {
        return new Call(operation, parameters, NO_BODY);
    }

    static boolean isName(String operation) {
        if (operation.isEmpty() || operation.length() > MAX_OPERATION) {
            return false;
        }
        for (int i = 0; i < operation.length(); i++) {
            char c = operation.charAt(i);
            if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-')) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Call that
                && operation.equals(that.operation)
                && parameters.equals(that.parameters)
                && Arrays.equals(body, that.body);
    }

    @Override
    public int hashCode() {
        return 31 * operation.hashCode() + Arrays.hashCode(body);
    }

    @Override
    public String toString() {
        return "Call[" + operation + ", " + parameters + ", " + body.length + " bytes]";
    }
}
