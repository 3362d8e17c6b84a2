package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.edit.ScanOptions;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Keeps things: platforms and single files. */
final class CommitOperations {
    private CommitOperations() {}

    static int platform(HandedWords words, EnvSession session) throws InterruptedException {
        List<TagName> tags = tags(words);
        Optional<String> ref = words.text("--ref");
        List<Digest> stack = ref.isPresent()
                ? session.library().resolve(ref.get()).stack()
                : stack(CurrentRuntime.of(session), words);
        if (stack.isEmpty()) {
            throw new MayflyException(
                    ErrorCode.NOTHING_TO_COMMIT,
                    "the stack is empty",
                    ref.map(typed -> typed + " names no layer").orElse("this runtime has no layer and no change"),
                    "mayfly env commit platform --ref tools/base+lib/zlib --tag suite/2026");
        }
        return done("platform", session.library().platform(stack), tags, words, session);
    }

    /** As it was started, and on top what was changed since. */
    private static List<Digest> stack(CurrentRuntime runtime, HandedWords words) throws InterruptedException {
        List<Digest> stack = new ArrayList<>(runtime.record().stack());
        if (runtime.record().editable()) {
            LayerOperations.changes(runtime, Map.of(), ScanOptions.plain(), words)
                    .ifPresent(stack::add);
        }
        return stack;
    }

    static int write(HandedWords words, EnvSession session) {
        List<TagName> tags = tags(words);
        try (InputStream in = words.arguments().isEmpty()
                ? session.standardInput()
                : Files.newInputStream(Path.of(words.argument(0)))) {
            return done("blob", session.library().write(in), tags, words, session);
        } catch (IOException e) {
            throw session.unreadable(words.optional(0).orElse("stdin"), e);
        }
    }

    /** Read before anything is committed: a name that cannot be must not cost a commit. */
    static List<TagName> tags(HandedWords words) {
        List<TagName> names = new ArrayList<>();
        for (String name : String.join(",", words.texts("--tag")).split(",", -1)) {
            if (!name.isBlank()) {
                names.add(TagOperations.name(name.strip()));
            }
        }
        return names;
    }

    /** Names what was committed and says so. */
    static int done(String kind, Digest digest, List<TagName> tags, HandedWords words, EnvSession session) {
        tags.forEach(name -> session.library().tag(name, digest));
        session.output(words)
                .value(
                        digest.toString(),
                        JsonObject.of()
                                .with("kind", kind)
                                .with("digest", digest.toString())
                                .with("tags", Names.array(tags, TagName::toString)));
        return ExitCode.GREEN.number();
    }
}
