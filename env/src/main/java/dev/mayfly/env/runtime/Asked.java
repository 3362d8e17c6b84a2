package dev.mayfly.env.runtime;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command line that an entrance was started with, see {@code ask.c}.
 *
 * @param protocol what the entrance speaks
 * @param verb {@code run} or {@code shell}
 * @param options by name with their dashes; flags have the value {@code true}
 * @param words of the command; none for a shell
 * @param directory where it was typed
 */
public record Asked(
        String protocol,
        String verb,
        String spec,
        Map<String, String> options,
        List<String> words,
        Map<String, String> environment,
        Path directory,
        Identity identity) {
    /** Raised when an old entrance could misunderstand a new service. */
    public static final String PROTOCOL = "1";

    /** As {@code PLAN_MAX} in {@code enter.h}. */
    private static final int LONGEST = 4 << 20;

    public Asked {
        options = Map.copyOf(options);
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    /**
     * Reads a length of 32 bits, little-endian, and pairs of texts that end with NUL.
     *
     * @return empty when it cannot be answered by us: it is not of that form, or has a text that is not UTF-8
     */
    static Optional<Asked> read(InputStream in) throws IOException {
        DataInputStream data = new DataInputStream(in);
        int length = Integer.reverseBytes(data.readInt());
        if (length <= 0 || length > LONGEST) {
            return Optional.empty();
        }
        byte[] bytes = new byte[length];
        data.readFully(bytes);
        try {
            return Optional.of(parse(texts(bytes)));
        } catch (CharacterCodingException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static List<String> texts(byte[] bytes) throws CharacterCodingException {
        String all = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes))
                .toString();
        List<String> texts = new ArrayList<>(List.of(all.split("\0", -1)));
        // Behind the last NUL is nothing.
        if (texts.size() % 2 == 0 || !texts.removeLast().isEmpty()) {
            throw new IllegalArgumentException("pairs are expected");
        }
        return texts;
    }

    private static Asked parse(List<String> texts) {
        Map<String, String> single = new HashMap<>();
        Map<String, String> options = new HashMap<>();
        Map<String, String> environment = new HashMap<>();
        List<String> words = new ArrayList<>();
        List<Integer> groups = new ArrayList<>();
        for (int i = 0; i < texts.size(); i += 2) {
            String key = texts.get(i);
            String value = texts.get(i + 1);
            switch (key) {
                case "edit", "keep" -> options.put("--" + key, "true");
                case "name", "size", "at" -> options.put("--" + key, value);
                case "arg" -> words.add(value);
                case "group" -> groups.add(Integer.parseUnsignedInt(value));
                case "env" -> variable(value, environment);
                default -> single.put(key, value);
            }
        }
        return new Asked(
                one(single, "protocol"),
                one(single, "verb"),
                one(single, "spec"),
                options,
                words,
                environment,
                Path.of(one(single, "cwd")),
                new Identity(
                        Integer.parseUnsignedInt(one(single, "uid")),
                        Integer.parseUnsignedInt(one(single, "gid")),
                        groups));
    }

    /** The first of several with one name is the one that programs see (getenv(3)). */
    private static void variable(String text, Map<String, String> environment) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("not NAME=value");
        }
        environment.putIfAbsent(text.substring(0, equals), text.substring(equals + 1));
    }

    private static String one(Map<String, String> values, String key) {
        return Optional.ofNullable(values.get(key)).orElseThrow(() -> new IllegalArgumentException("no " + key));
    }
}
