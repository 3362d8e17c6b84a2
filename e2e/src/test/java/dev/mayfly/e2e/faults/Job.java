package dev.mayfly.e2e.faults;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/**
 * One request of a campaign.
 *
 * @param tag stands in its command, so that its process, its row and its traces can be told from all others
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Job(int number, Kind kind, String tag, byte[] body) {
    enum Kind {
        QUICK,
        /** Takes longer than the ack wait. */
        SLOW,
        /** Notes in a file of the host that it begins and ends. */
        EFFECTFUL,
        /** Refused by its policy. */
        RED,
        /** No request at all; can only come from a client of the replaced system. */
        MALFORMED
    }

    /** @param campaign stands in the command too, so that two campaigns can be told apart */
    static Job of(int number, RandomGenerator chance, Path effects, String campaign) {
        Kind kind = kind(chance.nextInt(100));
        String tag = String.format("f%06d.", number);
        String command = ": " + tag + " " + campaign + "; "
                + switch (kind) {
                    case QUICK, MALFORMED -> "echo " + tag;
                    case SLOW -> "sleep 0.8; echo " + tag;
                    case EFFECTFUL -> {
                        Path log = effects.resolve("effects.log");
                        yield "echo start " + tag + " >>" + log + "; sleep 0.02; echo end " + tag + " >>" + log;
                    }
                    case RED -> "curl -s http://example.com/";
                };
        String rest = switch (kind) {
            case QUICK, SLOW, RED -> ", \"effect\": \"pure\"";
            case EFFECTFUL -> ", \"effect\": \"effectful\", \"allow_fs\": [\"" + effects + "/**\"]";
            case MALFORMED -> ", \"no_such_member\": 1";
        };
        String text = "{\"cmd\": \"" + command + "\", \"timeout_sec\": 5" + rest + "}";
        return new Job(number, kind, tag, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Kind kind(int percent) {
        if (percent < 72) {
            return Kind.QUICK;
        }
        if (percent < 76) {
            return Kind.SLOW;
        }
        if (percent < 94) {
            return Kind.EFFECTFUL;
        }
        return percent < 97 ? Kind.RED : Kind.MALFORMED;
    }

    /** The tag in some text, or an empty one. */
    static String tagIn(String text) {
        for (int at = text.indexOf('f'); at >= 0 && at + 8 <= text.length(); at = text.indexOf('f', at + 1)) {
            if (text.charAt(at + 7) == '.'
                    && text.substring(at + 1, at + 7).chars().allMatch(Character::isDigit)) {
                return text.substring(at, at + 8);
            }
        }
        return "";
    }
}
