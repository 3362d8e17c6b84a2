package dev.mayfly.sandbox.net.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The head of an HTTP/1 request (RFC 9112), read strictly: CRLF line ends, no folding, tokens where tokens belong. A head
 * that a lenient server might read differently does not parse.
 */
public record HttpHead(String method, String target, String version, List<Field> fields) {
    /** A header field; the name in lower case, the value without surrounding blanks. */
    public record Field(String name, String value) {}

    /** Why a head is not acceptable. */
    public static final class MalformedHead extends Exception {
        private static final long serialVersionUID = 1L;

        MalformedHead(String why) {
            super(why);
        }
    }

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";
    private static final int MAX_FIELDS = 200;

    public HttpHead {
        fields = List.copyOf(fields);
    }

    /** Reads a head including its closing empty line. */
    public static HttpHead parse(byte[] bytes, int from, int to) throws MalformedHead {
        String text = new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
        if (!text.endsWith("\r\n\r\n")) {
            throw new MalformedHead("head without an empty line at its end");
        }
        String[] lines = text.substring(0, text.length() - 4).split("\r\n", -1);
        for (String line : lines) {
            if (line.chars().anyMatch(c -> c == '\r' || c == '\n' || c == 0)) {
                throw new MalformedHead("bare CR, LF or NUL in an HTTP head");
            }
        }
        String[] words = lines[0].split(" ", -1);
        if (words.length != 3 || !isToken(words[0]) || words[1].isEmpty()) {
            throw new MalformedHead("not an HTTP request line");
        }
        if (!words[2].equals("HTTP/1.1") && !words[2].equals("HTTP/1.0")) {
            throw new MalformedHead("HTTP version is not 1.x");
        }
        List<Field> fields = new ArrayList<>();
        for (int i = 1; i < lines.length; i++) {
            fields.add(field(lines[i]));
        }
        if (fields.size() > MAX_FIELDS) {
            throw new MalformedHead("more than " + MAX_FIELDS + " header fields");
        }
        return new HttpHead(words[0], words[1], words[2], fields);
    }

    /** All values of a field, in order; {@code name} in lower case. */
    public List<String> values(String name) {
        return fields.stream()
                .filter(field -> field.name().equals(name))
                .map(Field::value)
                .toList();
    }

    private static Field field(String line) throws MalformedHead {
        int colon = line.indexOf(':');
        if (colon <= 0 || !isToken(line.substring(0, colon))) {
            throw new MalformedHead("not an HTTP header field");
        }
        return new Field(line.substring(0, colon).toLowerCase(Locale.ROOT), trimBlanks(line.substring(colon + 1)));
    }

    private static String trimBlanks(String value) {
        int from = 0;
        int to = value.length();
        while (from < to && (value.charAt(from) == ' ' || value.charAt(from) == '\t')) {
            from++;
        }
        while (to > from && (value.charAt(to - 1) == ' ' || value.charAt(to - 1) == '\t')) {
            to--;
        }
        return value.substring(from, to);
    }

    private static boolean isToken(String text) {
        return !text.isEmpty() && text.chars().allMatch(c -> Bytes.isLetterOrDigit(c) || TOKEN_MARKS.indexOf(c) >= 0);
    }
}
