package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.view.View;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks into environments without mounting anything. */
final class InspectOperations {
    private InspectOperations() {}

    static int list(HandedWords words, EnvSession session) {
        View view = session.library().view(words.argument(0));
        int node = node(view, words);
        List<JsonObject> rows = new ArrayList<>();
        if (view.isDirectory(node)) {
            collect(view, node, view.path(node), words.on("--recursive"), rows);
        } else {
            rows.add(row(view, node, view.path(node)));
        }
        session.output(words).table(rows, words.on("--long") ? List.of("mode", "size", "name") : List.of("name"));
        return ExitCode.GREEN.number();
    }

    /** Names are relative to the folder that was asked for. */
    private static void collect(View view, int folder, String from, boolean deep, List<JsonObject> rows) {
        int first = view.firstChild(folder);
        for (int node = first; node < first + view.children(folder); node++) {
            rows.add(row(view, node, view.path(node).substring(from.equals("/") ? 1 : from.length() + 1)));
            if (deep && view.isDirectory(node)) {
                collect(view, node, from, true, rows);
            }
        }
    }

    private static JsonObject row(View view, int node, String name) {
        JsonObject row = JsonObject.of()
                .with("name", view.isDirectory(node) ? name + "/" : name)
                .with("mode", String.format("%06o", view.mode(node)))
                .with("size", view.size(node));
        return view.isDirectory(node)
                ? row
                : row.with("digest", view.object(node).toString());
    }

    private static int node(View view, HandedWords words) {
        String path = words.optional(1).orElse("/");
        return view.find(path)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.REF_UNKNOWN,
                        "there is no " + path + " in " + words.argument(0),
                        "no layer of it has such a file, or a higher one takes it away",
                        "mayfly env ls --recursive " + words.argument(0)));
    }

    static int read(HandedWords words, EnvSession session) {
        Digest digest;
        if (words.arguments().size() == 1) {
            digest = session.library().payloadDigest(words.argument(0));
        } else {
            View view = session.library().view(words.argument(0));
            int node = node(view, words);
            if (!view.isRegular(node)) {
                throw new MayflyException(
                        ErrorCode.USAGE,
                        words.argument(1) + " is no file",
                        view.isDirectory(node) ? "it is a folder" : "it is a symbolic link",
                        "mayfly env ls --long " + words.argument(0) + " " + words.argument(1));
            }
            digest = view.object(node);
        }
        Payload payload = session.library().payload(digest);
        try (InputStream in = payload.open()) {
            in.transferTo(session.standardOutput());
            session.standardOutput().flush();
        } catch (IOException e) {
            throw session.unreadable("the payload " + digest, e);
        }
        return ExitCode.GREEN.number();
    }

    static int info(HandedWords words, EnvSession session) {
        if (words.text("--get").isPresent() || words.on("--get-all")) {
            return annotations(words, session);
        }
        if (words.arguments().isEmpty()) {
            session.output(words)
                    .object(RuntimeFacts.of(CurrentRuntime.of(session)).json());
        }
        for (String what : words.arguments()) {
            if (what.startsWith("/")) {
                session.output(words).object(Provenance.of(what, CurrentRuntime.of(session)));
                continue;
            }
            Digest digest = session.library().digest(what);
            EnvObject object = session.library().object(digest);
            session.output(words).object(about(what, digest, object, session));
        }
        return ExitCode.GREEN.number();
    }

    /** Of one environment, or of this runtime. */
    private static int annotations(HandedWords words, EnvSession session) {
        List<Digest> layers = words.arguments().isEmpty()
                ? CurrentRuntime.of(session).record().layers()
                : session.library().resolve(words.argument(0)).digests();
        Map<String, String> found = Annotations.of(layers, session.library());
        if (words.on("--get-all")) {
            session.output(words).object(Annotations.json(found));
            return ExitCode.GREEN.number();
        }
        String key = words.text("--get").orElseThrow();
        String value = Optional.ofNullable(found.get(key))
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.REF_UNKNOWN,
                        "there is no annotation " + key,
                        found.isEmpty() ? "no layer has any" : "there are " + String.join(", ", found.keySet()),
                        "mayfly env info --get-all"));
        session.output(words).value(value, Annotations.json(Map.of(key, value)));
        return ExitCode.GREEN.number();
    }

    private static JsonObject about(String what, Digest digest, EnvObject object, EnvSession session) {
        JsonObject named = JsonObject.of().with("ref", what).with("digest", digest.toString());
        return switch (object) {
            case Blob blob -> named.with("kind", "blob").with("size", blob.size());
            case Manifest manifest ->
                named.with("kind", "manifest")
                        .with("folders", manifest.trees().size())
                        .with("root", manifest.root().digest().toString());
            case Layer layer -> {
                JsonObject told = named.with("kind", "layer");
                Optional<Digest> files = layer.manifest();
                if (files.isPresent()) {
                    View view = session.library().view(session.library().flatten(List.of(digest)));
                    told = told.with("manifest", files.get().toString())
                            .with("files", files(view))
                            .with("bytes", bytes(view));
                }
                Map<String, String> words = Annotations.of(List.of(digest), session.library());
                yield told.with("annotations", Annotations.json(words));
            }
            case Platform platform ->
                named.with("kind", "platform").with("stack", Names.array(platform.stack(), Digest::toString));
        };
    }

    private static long files(View view) {
        long files = 0;
        for (int node = 0; node < view.count(); node++) {
            files += view.isDirectory(node) ? 0 : 1;
        }
        return files;
    }

    private static long bytes(View view) {
        long bytes = 0;
        for (int node = 0; node < view.count(); node++) {
            bytes += FileMode.isRegular(view.mode(node)) ? view.size(node) : 0;
        }
        return bytes;
    }

    static int layers(HandedWords words, EnvSession session) {
        return objects(words, session, Layer.class);
    }

    static int platforms(HandedWords words, EnvSession session) {
        return objects(words, session, Platform.class);
    }

    private static int objects(HandedWords words, EnvSession session, Class<? extends EnvObject> kind) {
        List<JsonObject> rows = new ArrayList<>();
        session.repository()
                .objects()
                .each(digest -> session.library()
                        .find(digest)
                        .filter(kind::isInstance)
                        .ifPresent(object -> rows.add(JsonObject.of()
                                .with("digest", digest.toString())
                                .with("holds", holds(object)))));
        session.output(words).table(rows, List.of("digest", "holds"));
        return ExitCode.GREEN.number();
    }

    private static String holds(EnvObject object) {
        return switch (object) {
            case Layer layer
            when layer.manifest().isPresent() -> "files" + (layer.annotations().isEmpty() ? "" : " and annotations");
            case Layer _ -> "annotations";
            case Platform platform -> platform.stack().size() + " layers";
            case Blob _, Manifest _ -> "";
        };
    }
}
