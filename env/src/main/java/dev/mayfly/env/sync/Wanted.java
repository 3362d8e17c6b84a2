package dev.mayfly.env.sync;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;

/** What to copy, with everything below it. */
public sealed interface Wanted {
    /** An object, or the content of a file, without a name. */
    record Content(Digest digest) implements Wanted {}

    /**
     * One tag of a stream and what it names.
     *
     * @param version how many before the newest
     */
    record Version(TagName name, long version) implements Wanted {}

    /** A whole stream of tags and what each of them names. */
    record History(TagName name) implements Wanted {}

    static Wanted content(Digest digest) {
        return new Content(digest);
    }

    static Wanted newest(TagName name) {
        return new Version(name, 0);
    }

    static Wanted history(TagName name) {
        return new History(name);
    }
}
