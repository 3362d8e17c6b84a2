package dev.mayfly.env.sync;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Repository;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was asked for, found.
 *
 * @param roots digests with who names them, for people
 * @param tags oldest first within a stream
 */
record Targets(Map<Digest, String> roots, List<Tag> tags) {
    static Targets of(Repository from, List<Wanted> wanted) {
        List<Tag> tags = new ArrayList<>();
        Map<Digest, String> roots = new LinkedHashMap<>();
        for (Wanted each : wanted) {
            switch (each) {
                case Wanted.Content(Digest digest) -> roots.putIfAbsent(digest, "the request");
                case Wanted.Version(TagName name, long version) ->
                    tags.add(from.tags().find(name, version).orElseThrow(() -> unknown(name, version, from)));
                case Wanted.History(TagName name) -> tags.addAll(history(name, from));
            }
        }
        tags.forEach(tag -> roots.putIfAbsent(tag.target(), "the tag " + tag.name()));
        return new Targets(roots, tags);
    }

    private static List<Tag> history(TagName name, Repository from) {
        List<Tag> newestFirst = from.tags().history(name);
        if (newestFirst.isEmpty()) {
            throw unknown(name, 0, from);
        }
        return newestFirst.reversed();
    }

    private static MayflyException unknown(TagName name, long version, Repository from) {
        return new MayflyException(
                ErrorCode.REF_UNKNOWN,
                "There is no tag " + name + (version == 0 ? "" : "~" + version),
                from.address() + " has none of this name" + (version == 0 ? "" : " and version"),
                "List the tags that it has with ls-tags.");
    }
}
