package dev.mayfly.env.codec;

import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.EntryKind;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.object.Tree;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The objects of the golden vectors, made by hand: what SPFS was told to write, told to us. */
final class Samples {
    private Samples() {}

    static Digest digest(String content) {
        return Digest.of(content.getBytes(StandardCharsets.UTF_8));
    }

    static Map<String, EnvObject> objects() {
        Map<String, EnvObject> all = new LinkedHashMap<>();
        all.put("blob", new Blob(digest("hello\n"), 6));
        all.put("blob-large", new Blob(digest("large"), 0x1122334455667788L));
        all.put("blob-empty", new Blob(Digest.EMPTY, 0));
        all.put("platform-empty", new Platform(List.of()));
        all.put("platform", Platform.of(List.of(digest("bottom"), digest("middle"), digest("top"))));
        all.put(
                "platform-repeated",
                Platform.of(List.of(digest("twice"), digest("middle"), digest("twice"), digest("top"))));
        all.put("layer", Layer.of(digest("manifest")));
        all.put(
                "layer-inline",
                new Layer(
                        Optional.of(digest("manifest")),
                        List.of(new Annotation("key", new Annotation.Inline("value")))));
        all.put(
                "layer-annotations",
                new Layer(
                        Optional.empty(),
                        List.of(
                                new Annotation("first", new Annotation.Inline("{\"a\": \"é\"}")),
                                new Annotation("second", new Annotation.Stored(digest("long value"))),
                                new Annotation("", new Annotation.Inline("")))));
        all.put("manifest-empty", new Folder().manifest());
        all.put(
                "manifest-one",
                new Folder().file("hello.txt", 0100644, "hello\n").manifest());
        all.put("manifest-mixed", mixed());
        Folder same = new Folder().file("f", 0100644, "x");
        all.put(
                "manifest-shared",
                new Folder()
                        .folder(
                                "one",
                                040755,
                                new Folder().folder("same", 040755, same).file("x", 0100644, "y"))
                        .folder("two", 040755, new Folder().folder("same", 040755, same))
                        .folder("same", 040755, same)
                        .manifest());
        Tree below = Tree.of(new Folder().file("f", 0100644, "x").entries);
        Entry old = new Entry(EntryKind.TREE, below.digest(), 040755, 4096, RawName.of("d"));
        all.put("manifest-oldsize", Manifest.of(Tree.of(List.of(old)), List.of(below)));
        return all;
    }

    private static Manifest mixed() {
        return new Folder()
                .file("a", 0100644, "1")
                .file("B", 0100755, "2")
                .file("suid", 0104755, "3")
                .file("link", FileMode.SYMLINK | 0777, "../target/with/slashes")
                .mask("gone")
                .file("empty", 0100600, "")
                .folder(
                        "zdir",
                        040755,
                        new Folder().file("inner", 0100444, "4").folder("deeper", 041777, new Folder().mask("gone")))
                .folder("adir", 040700, new Folder())
                .folder("bdir", 040700, new Folder())
                .file("été 😀", 0100644, "5")
                .manifest();
    }

    static Map<String, Tag> tags() {
        return Map.of(
                "tag",
                tag("spi/stable/main", digest("parent"), "somebody@example", "2020-01-31T10:20:30.123456Z"),
                "tag-no-org",
                tag("main", Digest.NULL, "me@here", "1999-12-31T23:59:59Z"),
                "tag-millis",
                tag("a/b-c_d.e", Digest.NULL, "u@d", "2026-11-21T01:02:03.120Z"),
                "tag-nanos",
                tag("a/b", Digest.NULL, "é@d", "2026-11-21T01:02:03.000000001Z"));
    }

    private static Tag tag(String name, Digest parent, String user, String time) {
        return new Tag(TagName.parse(name), digest("target"), parent, user, Instant.parse(time));
    }

    /** A directory in the making. */
    static final class Folder {
        final List<Entry> entries = new ArrayList<>();
        final List<Tree> below = new ArrayList<>();

        Folder file(String name, int mode, String content) {
            int size = content.getBytes(StandardCharsets.UTF_8).length;
            entries.add(Entry.blob(RawName.of(name), mode, digest(content), size));
            return this;
        }

        Folder mask(String name) {
            entries.add(Entry.mask(RawName.of(name)));
            return this;
        }

        Folder folder(String name, int mode, Folder folder) {
            Tree tree = Tree.of(folder.entries);
            entries.add(Entry.tree(RawName.of(name), mode, tree.digest()));
            below.add(tree);
            below.addAll(folder.below);
            return this;
        }

        Manifest manifest() {
            return Manifest.of(Tree.of(entries), below);
        }
    }
}
