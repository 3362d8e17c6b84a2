package dev.mayfly.base.log;

import dev.mayfly.base.json.JsonValue.JsonBool;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/** How an entry becomes one line. */
public enum LogFormat {
    /** {@code 2026-01-02T03:04:05.678Z INFO  sandbox: job finished job=4f ms=12}, a stack on lines of its own. */
    TEXT {
        @Override
        public String line(LogEntry entry) {
            StringBuilder out = new StringBuilder(120)
                    .append(stamp(entry.time()))
                    .append(' ')
                    .append(entry.level())
                    .append(entry.level().name().length() == 4 ? "  " : " ")
                    .append(entry.logger())
                    .append(": ")
                    .append(harmless(entry.message()));
            for (LogField field : entry.fields()) {
                String value = text(field.value());
                out.append(' ').append(harmless(field.key())).append('=');
                if (isBare(value)) {
                    out.append(value);
                } else {
                    out.append(harmless(JsonWriter.quoted(value)));
                }
            }
            // Indented, so that no line of a stack can be mistaken for an entry.
            if (entry.cause().isPresent()) {
                for (String line : stack(entry.cause().get()).strip().split("\\R", -1)) {
                    out.append("\n  ").append(harmless(line.replace("\t", "  ")));
                }
            }
            return out.toString();
        }
    },

    /** One JSON object a line: {@code time}, {@code level}, {@code logger}, {@code msg}, the fields, {@code stack}. */
    JSON {
        @Override
        public String line(LogEntry entry) {
            JsonObject line = JsonObject.of()
                    .with("time", stamp(entry.time()))
                    .with("level", entry.level().name())
                    .with("logger", entry.logger())
                    .with("msg", entry.message());
            for (LogField field : entry.fields()) {
                // A field must not hide the entry's own members.
                String key = line.get(field.key()).isPresent() ? "field_" + field.key() : field.key();
                line = switch (field.value()) {
                    case Boolean bool -> line.with(key, new JsonBool(bool));
                    case Long number -> line.with(key, number);
                    case Integer number -> line.with(key, number);
                    case Double number
                    when Double.isFinite(number) -> line.with(key, new JsonNumber(BigDecimal.valueOf(number)));
                    case Object other -> line.with(key, text(other));
                };
            }
            if (entry.cause().isPresent()) {
                line = line.with("stack", stack(entry.cause().get()));
            }
            return JsonWriter.compact(line);
        }
    };

    /** The entry without a line end after it. */
    public abstract String line(LogEntry entry);

    private static String stamp(Instant time) {
        String text = time.truncatedTo(ChronoUnit.MILLIS).toString();
        // Instant leaves out zero milliseconds; columns should not move.
        return text.length() == "2026-01-02T03:04:05Z".length() ? text.substring(0, text.length() - 1) + ".000Z" : text;
    }

    private static String text(Object value) {
        try {
            return String.valueOf(value);
        } catch (RuntimeException e) {
            return "(" + e + " in toString of " + value.getClass().getName() + ")";
        }
    }

    private static boolean isBare(String value) {
        if (value.isEmpty()) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** Log lines carry what untrusted programs chose; none of it may start a line of its own or steer a terminal. */
    private static String harmless(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean direction = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
            if (Character.isISOControl(c) || direction || c == 0x2028 || c == 0x2029) {
                out.append("\\u").append(HexFormat.of().toHexDigits(c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static String stack(Throwable cause) {
        StringWriter out = new StringWriter();
        cause.printStackTrace(new PrintWriter(out));
        return out.toString();
    }
}
