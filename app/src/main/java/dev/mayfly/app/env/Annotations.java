package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.app.YamlSettings;
import dev.mayfly.base.config.ConfigException;
import dev.mayfly.base.config.Setting;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.library.Library;
import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.repo.Ingest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Words for other tools that go with layers: read from a command line, kept, and shown. */
final class Annotations {
    private static final String MESSAGE = "message";

    private Annotations() {}

    /** What was asked for by options, in their order; those of the command line win over those of a file. */
    static Map<String, String> asked(HandedWords words) {
        Map<String, String> asked = new LinkedHashMap<>();
        words.text("--annotation-file")
                .map(Path::of)
                .ifPresent(file -> settings(file).forEach(each -> asked.put(each.key(), one(file, each))));
        words.text("--message").ifPresent(text -> asked.put(MESSAGE, text));
        for (String typed : words.texts("--annotation")) {
            int end = typed.indexOf('=') > 0 ? typed.indexOf('=') : typed.indexOf(':');
            if (end < 1) {
                throw new MayflyException(
                        ErrorCode.USAGE,
                        "'" + typed + "' is no annotation",
                        "it is a key, =, and a value",
                        "for example: --annotation project=zlib");
            }
            asked.put(typed.substring(0, end), typed.substring(end + 1));
        }
        return asked;
    }

    private static List<Setting> settings(Path file) {
        try {
            return YamlSettings.parse(file, Files.readString(file)).settings();
        } catch (ConfigException | IOException e) {
            throw new MayflyException(
                    ErrorCode.INPUT_UNREADABLE,
                    file + " has no annotations",
                    e instanceof ConfigException told ? told.why() : String.valueOf(e),
                    "write a mapping of texts to texts, as YAML or JSON",
                    e);
        }
    }

    private static String one(Path file, Setting setting) {
        if (setting.values().size() == 1) {
            return setting.values().getFirst();
        }
        throw new MayflyException(
                ErrorCode.INPUT_UNREADABLE,
                setting.key() + " of " + file + " is no annotation",
                "it is a list",
                "write a mapping of texts to texts, as YAML or JSON");
    }

    /** In the ingest; a long value becomes a payload, as SPFS has it. */
    static List<Annotation> in(Ingest ingest, Map<String, String> asked) {
        List<Annotation> annotations = new ArrayList<>();
        asked.forEach((key, value) -> annotations.add(new Annotation(key, value(ingest, value))));
        return annotations;
    }

    private static Annotation.Value value(Ingest ingest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length <= Annotation.LONGEST_INLINE) {
            return new Annotation.Inline(text);
        }
        try {
            Ingest.Written written = ingest.payload(new ByteArrayInputStream(bytes));
            return new Annotation.Stored(ingest.object(new Blob(written.digest(), written.size())));
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.STATE_UNAVAILABLE, "an annotation is not kept", String.valueOf(e), "try again", e);
        }
    }

    /** A layer without files, which a runtime has on top of its stack. */
    static Optional<Digest> layer(Map<String, String> asked, EnvSession session) {
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        try (Ingest ingest = session.repository().ingest()) {
            Digest layer = ingest.object(new Layer(Optional.empty(), in(ingest, asked)));
            ingest.publish();
            return Optional.of(layer);
        }
    }

    /** @param layers from bottom to top; of one key the topmost counts */
    static Map<String, String> of(List<Digest> layers, Library library) {
        Map<String, String> found = new LinkedHashMap<>();
        for (Digest each : layers) {
            if (library.object(each) instanceof Layer layer) {
                layer.annotations().forEach(one -> found.put(one.key(), text(one, library)));
            }
        }
        return found;
    }

    private static String text(Annotation annotation, Library library) {
        return switch (annotation.value()) {
            case Annotation.Inline inline -> inline.text();
            case Annotation.Stored stored -> {
                Digest payload = library.object(stored.blob()) instanceof Blob blob ? blob.payload() : stored.blob();
                try (InputStream in = library.payload(payload).open()) {
                    yield new String(in.readAllBytes(), StandardCharsets.UTF_8);
                } catch (IOException e) {
                    throw new MayflyException(
                            ErrorCode.CONTENT_MISSING,
                            "the annotation " + annotation.key() + " cannot be read",
                            String.valueOf(e),
                            "mayfly env check --deep",
                            e);
                }
            }
        };
    }

    static JsonObject json(Map<String, String> annotations) {
        JsonObject json = JsonObject.of();
        for (Map.Entry<String, String> each : annotations.entrySet()) {
            json = json.with(each.getKey(), each.getValue());
        }
        return json;
    }
}
