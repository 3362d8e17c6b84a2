package dev.mayfly.env.repo.s3;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;
import java.util.List;
import java.util.Optional;

/** Names in a bucket: those that SPFS gives its files. */
final class Keys {
    static final String OBJECTS = "objects/";
    static final String PAYLOADS = "payloads/";
    static final String VERSION = "VERSION";
    private static final String TAGS = "tags/";

    /** What the keys of a repository that has anything begin with. */
    static final List<String> CONTENTS = List.of(OBJECTS, PAYLOADS, TAGS);

    private static final String TAG_END = ".tag";
    private static final int FOLDER = 2;

    private Keys() {}

    static String object(Digest digest) {
        return OBJECTS + fanned(digest);
    }

    static String payload(Digest digest) {
        return PAYLOADS + fanned(digest);
    }

    static String stream(TagName name) {
        return TAGS + name + TAG_END;
    }

    /** What keys of streams begin with whose names begin so. */
    static String streams(String beginning) {
        return TAGS + beginning;
    }

    private static String fanned(Digest digest) {
        String text = digest.toString();
        return text.substring(0, FOLDER) + "/" + text.substring(FOLDER);
    }

    /** @param kind {@link #OBJECTS} or {@link #PAYLOADS}; empty for a key that is none of this kind, such as a lock of SPFS */
    static Optional<Digest> digest(String kind, String key) {
        int slash = kind.length() + FOLDER;
        if (!key.startsWith(kind) || key.length() <= slash || key.charAt(slash) != '/') {
            return Optional.empty();
        }
        return Digest.parse(key.substring(kind.length(), slash) + key.substring(slash + 1));
    }

    /** Empty for what is no stream, or one of a namespace. */
    static Optional<TagName> name(String key) {
        if (!key.startsWith(TAGS) || !key.endsWith(TAG_END)) {
            return Optional.empty();
        }
        try {
            return Optional.of(TagName.parse(key.substring(TAGS.length(), key.length() - TAG_END.length())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
