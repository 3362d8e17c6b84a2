package dev.mayfly.app.env;

import dev.mayfly.app.HandedWords;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Names for what a repository has: given, taken away, listed, found. */
final class TagOperations {
    private TagOperations() {}

    static int tag(HandedWords words, EnvSession session) {
        Digest target = session.library().digest(words.argument(0));
        List<JsonObject> rows = new ArrayList<>();
        for (String name : words.arguments().subList(1, words.arguments().size())) {
            rows.add(row(session.library().tag(name(name), target)));
        }
        session.output(words).table(rows, List.of("tag", "target"));
        return ExitCode.GREEN.number();
    }

    static int untag(HandedWords words, EnvSession session) {
        String typed = words.argument(0);
        Tags tags = session.repository().tags();
        if (words.on("--all") && words.on("--latest")) {
            throw usage("--all and --latest exclude each other");
        }
        if (words.on("--all")) {
            TagName name = name(typed);
            if (!tags.removeAll(name)) {
                throw unknown(typed);
            }
            session.output(words).value("removed " + name, JsonObject.of().with("removed", name.toString()));
            return ExitCode.GREEN.number();
        }
        int tilde = typed.indexOf('~');
        if (tilde < 0 && !words.on("--latest")) {
            throw usage("which of its history? --latest, --all, or one of them as in " + typed + "~2");
        }
        TagName name = name(tilde < 0 ? typed : typed.substring(0, tilde));
        Tag tag = tags.find(name, tilde < 0 ? 0 : version(typed, tilde)).orElseThrow(() -> unknown(typed));
        tags.remove(tag);
        session.output(words).value("removed " + typed + ", which named " + tag.target(), row(tag));
        return ExitCode.GREEN.number();
    }

    static int list(HandedWords words, EnvSession session) {
        return rows(words, session, words.optional(0).orElse(""), "");
    }

    static int search(HandedWords words, EnvSession session) {
        return rows(words, session, "", words.argument(0).toLowerCase(Locale.ROOT));
    }

    private static int rows(HandedWords words, EnvSession session, String prefix, String part) {
        Tags tags = session.repository().tags();
        List<JsonObject> rows = new ArrayList<>();
        tags.each(prefix, name -> {
            if (name.toString().toLowerCase(Locale.ROOT).contains(part)) {
                // Empty when somebody removed it just now.
                tags.find(name).ifPresent(tag -> rows.add(row(tag)));
            }
        });
        session.output(words)
                .table(rows, words.on("--short") ? List.of("tag") : List.of("tag", "target", "time", "user"));
        return ExitCode.GREEN.number();
    }

    static int log(HandedWords words, EnvSession session) {
        List<Tag> history = session.repository().tags().history(name(words.argument(0)));
        if (history.isEmpty()) {
            throw unknown(words.argument(0));
        }
        List<JsonObject> rows = new ArrayList<>();
        for (Tag tag : history) {
            rows.add(row(tag).with("version", tag.name() + "~" + rows.size()));
        }
        session.output(words).table(rows, List.of("version", "target", "time", "user"));
        return ExitCode.GREEN.number();
    }

    static JsonObject row(Tag tag) {
        return JsonObject.of()
                .with("tag", tag.name().toString())
                .with("target", tag.target().toString())
                .with("time", tag.time().toString())
                .with("user", tag.user());
    }

    static TagName name(String typed) {
        try {
            return TagName.parse(typed);
        } catch (IllegalArgumentException e) {
            throw new MayflyException(
                    ErrorCode.ENV_SPEC_INVALID,
                    "'" + typed + "' is no name of a tag",
                    "names are letters, digits, '-', '_' and '.', with '/' between groups",
                    "for example: tools/base",
                    e);
        }
    }

    private static long version(String typed, int tilde) {
        try {
            return Long.parseUnsignedLong(typed.substring(tilde + 1));
        } catch (NumberFormatException e) {
            throw usage("'" + typed + "' has no number after ~");
        }
    }

    private static MayflyException unknown(String typed) {
        return new MayflyException(
                ErrorCode.REF_UNKNOWN,
                "there is no tag " + typed,
                "the repository has none of this name",
                "mayfly env tags");
    }

    private static MayflyException usage(String what) {
        return new MayflyException(ErrorCode.USAGE, what, "", "see: mayfly env untag --help");
    }
}
