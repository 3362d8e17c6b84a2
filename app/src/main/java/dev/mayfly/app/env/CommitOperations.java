package dev.mayfly.app.env;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Keeps things: platforms and single files. */
final class CommitOperations {
    private CommitOperations() {}

    static int platform(EnvWords words, EnvSession session) {
        String ref = words.text("--ref")
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.USAGE,
                        "which stack?",
                        "--ref names it",
                        "mayfly env commit platform --ref tools/base+lib/zlib --tag suite/2026"));
        List<TagName> tags = tags(words);
        List<Digest> layers = session.library().resolve(ref).stack();
        if (layers.isEmpty()) {
            throw new MayflyException(
                    ErrorCode.NOTHING_TO_COMMIT, "the stack is empty", ref + " names no layer", "mayfly env tags");
        }
        return done("platform", session.library().platform(layers), tags, words, session);
    }

    static int write(EnvWords words, EnvSession session) {
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
    static List<TagName> tags(EnvWords words) {
        List<TagName> names = new ArrayList<>();
        for (String name : words.text("--tag").orElse("").split(",", -1)) {
            if (!name.isBlank()) {
                names.add(TagOperations.name(name.strip()));
            }
        }
        return names;
    }

    /** Names what was committed and says so. */
    static int done(String kind, Digest digest, List<TagName> tags, EnvWords words, EnvSession session) {
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
