package dev.mayfly.env.repo.tar;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the name of a member says. */
sealed interface MemberName {
    record AnObject(Digest digest) implements MemberName {}

    record APayload(Digest digest) implements MemberName {}

    record TagStream(TagName name) implements MemberName {}

    /** Something that SPFS keeps in its repositories and that is not content: left out. */
    record NoContent() implements MemberName {}

    Pattern HASHED = Pattern.compile("(objects|payloads)/([A-Z2-7]{2})/([A-Z2-7]{50}====)");
    Pattern TAG = Pattern.compile("tags/(.+)\\.tag");

    /** Folders of tags that end with {@code #ns} are namespaces, which our repositories do not have. */
    Pattern OTHER = Pattern.compile(
            "VERSION|(renders|durable_edits)(/.*)?|(objects|payloads)/work/.*|tags/.*\\.tag\\.(lock|work)|tags/.*#ns/.*");

    /** Empty when no archive of environments has such a member, and when the name leads out of any folder. */
    static Optional<MemberName> of(String text) {
        String name = text.startsWith("./") ? text.substring(2) : text;
        if (!staysInside(name)) {
            return Optional.empty();
        }
        Matcher hashed = HASHED.matcher(name);
        if (hashed.matches()) {
            return Digest.parse(hashed.group(2) + hashed.group(3))
                    .map(digest -> hashed.group(1).equals("objects") ? new AnObject(digest) : new APayload(digest));
        }
        if (OTHER.matcher(name).matches()) {
            return Optional.of(new NoContent());
        }
        Matcher tag = TAG.matcher(name);
        if (tag.matches()) {
            try {
                return Optional.of(new TagStream(TagName.parse(tag.group(1))));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** Whether a path is relative and has no {@code ..}; the name of a folder may end with a slash. */
    static boolean staysInside(String name) {
        if (name.startsWith("/") || name.indexOf('\0') >= 0 || name.indexOf('\\') >= 0) {
            return false;
        }
        for (String part : name.split("/", -1)) {
            if (part.equals("..")) {
                return false;
            }
        }
        return true;
    }

    static String ofObject(Digest digest) {
        return "objects/" + hashed(digest);
    }

    static String ofPayload(Digest digest) {
        return "payloads/" + hashed(digest);
    }

    static String ofTags(TagName name) {
        return "tags/" + name + ".tag";
    }

    private static String hashed(Digest digest) {
        String text = digest.toString();
        return text.substring(0, 2) + "/" + text.substring(2);
    }
}
