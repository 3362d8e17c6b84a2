package dev.mayfly.env.repo;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Streams of tags. Every change is on disk when its call returns, and none is lost when two are made at once.
 */
public interface Tags {
    /** The newest of a stream. */
    default Optional<Tag> find(TagName name) {
        return find(name, 0);
    }

    /** @param version how many before the newest; 0 is the newest */
    Optional<Tag> find(TagName name, long version);

    /** The newest first; empty when there is no such stream. */
    List<Tag> history(TagName name);

    /** Names of all streams whose text begins so, sorted. */
    void each(String prefix, Consumer<TagName> found);

    /** Makes a tag the newest, with the newest so far as its parent; nothing changes when that has this target already. */
    Tag push(TagName name, Digest target, String user);

    /**
     * Compare and set.
     *
     * @param expected digest of the newest tag as the caller saw it, {@link Digest#NULL} for no stream
     * @return empty when the newest is another by now; nothing has changed then
     */
    Optional<Tag> push(TagName name, Digest target, String user, Digest expected);

    /** Appends tags as they are, oldest first, leaving out those that are there: for copies of streams. */
    void insert(List<Tag> tags);

    /** Takes this tag out of its stream. @return whether it was there */
    boolean remove(Tag tag);

    /** @return whether there was such a stream */
    boolean removeAll(TagName name);
}
