package dev.mayfly.env.repo.s3;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.codec.TagCodec;
import dev.mayfly.env.codec.TagStream;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Tags;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A key for each stream, with all of it. A change reads it, and writes it on condition that nobody else has since; else it
 * begins anew. A stream that loses its last tag stays as a key without content: deleting has no condition in most stores,
 * and a tag that somebody pushed meanwhile would go with it.
 */
final class S3Tags implements Tags {
    private static final int LONGEST_PAUSE_MILLIS = 200;

    private final Bucket bucket;
    private final Mark mark;

    /**
     * @param tags oldest first
     * @param condition under which it may be replaced
     */
    private record Stream(List<Tag> tags, Bucket.Condition condition) {}

    S3Tags(Bucket bucket, Mark mark) {
        this.bucket = bucket;
        this.mark = mark;
    }

    @Override
    public Optional<Tag> find(TagName name, long version) {
        List<Tag> tags = read(name).tags();
        return version < 0 || version >= tags.size()
                ? Optional.empty()
                : Optional.of(tags.get(tags.size() - 1 - (int) version));
    }

    @Override
    public List<Tag> history(TagName name) {
        return read(name).tags().reversed();
    }

    @Override
    public void each(String prefix, Consumer<TagName> found) {
        Set<TagName> sorted = new TreeSet<>();
        bucket.list(Keys.streams(prefix), listed -> {
            if (listed.size() > 0) {
                Keys.name(listed.key())
                        .filter(name -> name.toString().startsWith(prefix))
                        .ifPresent(sorted::add);
            }
        });
        sorted.forEach(found);
    }

    @Override
    public Tag push(TagName name, Digest target, String user) {
        return push(name, target, user, Optional.empty()).orElseThrow();
    }

    @Override
    public Optional<Tag> push(TagName name, Digest target, String user, Digest expected) {
        return push(name, target, user, Optional.of(expected));
    }

    private Optional<Tag> push(TagName name, Digest target, String user, Optional<Digest> expected) {
        List<Tag> mine = new ArrayList<>();
        List<Tag> now = change(name, tags -> {
            Optional<Tag> newest = newest(tags);
            // Ours, which a store wrote without saying so, is no other's.
            if (newest.filter(mine::contains).isPresent()) {
                return tags;
            }
            Digest parent = newest.map(TagCodec::digest).orElse(Digest.NULL);
            boolean moved = expected.isPresent() && !expected.get().equals(parent);
            if (moved || newest.filter(tag -> tag.target().equals(target)).isPresent()) {
                mine.clear();
                if (!moved) {
                    mine.add(tags.getLast());
                }
                return tags;
            }
            Tag tag = new Tag(
                    name,
                    target,
                    parent,
                    user,
                    bucket.options().clock().instant().truncatedTo(ChronoUnit.MICROS));
            mine.add(tag);
            return plus(tags, List.of(tag));
        });
        return newest(now).filter(mine::contains);
    }

    private static Optional<Tag> newest(List<Tag> tags) {
        return tags.isEmpty() ? Optional.empty() : Optional.of(tags.getLast());
    }

    private static List<Tag> plus(List<Tag> tags, List<Tag> more) {
        Set<Tag> all = new LinkedHashSet<>(tags);
        all.addAll(more);
        return List.copyOf(all);
    }

    @Override
    public void insert(List<Tag> tags) {
        Map<TagName, List<Tag>> streams = new LinkedHashMap<>();
        tags.forEach(each ->
                streams.computeIfAbsent(each.name(), _ -> new ArrayList<>()).add(each));
        streams.forEach((name, more) -> change(name, there -> plus(there, more)));
    }

    @Override
    public boolean remove(Tag tag) {
        return without(
                tag.name(),
                tags -> tags.stream().filter(each -> !each.equals(tag)).toList());
    }

    @Override
    public boolean removeAll(TagName name) {
        return without(name, _ -> List.of());
    }

    /** @return whether there was anything to take out when it was first looked at */
    private boolean without(TagName name, UnaryOperator<List<Tag>> left) {
        List<List<Tag>> seen = new ArrayList<>();
        change(name, tags -> {
            seen.add(tags);
            return left.apply(tags);
        });
        return !left.apply(seen.getFirst()).equals(seen.getFirst());
    }

    /** @return the stream as it is then, oldest first */
    private List<Tag> change(TagName name, UnaryOperator<List<Tag>> change) {
        mark.requireConditions();
        for (int turn = 0; turn < bucket.options().patience().turns(); turn++) {
            Stream stream = read(name);
            List<Tag> changed = change.apply(stream.tags());
            if (changed.equals(stream.tags())
                    || bucket.put(Keys.stream(name), TagStream.write(changed), stream.condition())) {
                return changed;
            }
            pause(turn);
        }
        throw new MayflyException(
                ErrorCode.TAG_MOVED,
                "The tags of " + name + " in " + bucket.address() + " could not be changed",
                "others changed them again and again",
                "Try again; nothing was changed.");
    }

    private static void pause(int turn) {
        try {
            Thread.sleep(ThreadLocalRandom.current()
                    .nextInt(1, Math.min(LONGEST_PAUSE_MILLIS, 10 << Math.min(turn, 5))));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MayflyException(
                    ErrorCode.SERVICE_BUSY, "a tag was not changed", "the wait was interrupted", "start it again", e);
        }
    }

    private Stream read(TagName name) {
        String key = Keys.stream(name);
        Optional<Bucket.Found> found = bucket.find(key, bucket.options().sizes().stream());
        if (found.isEmpty()) {
            return new Stream(List.of(), new Bucket.Condition.IsNew());
        }
        List<Tag> tags = TagStream.read(found.get().bytes()).orElseThrow(() -> wrong(name, "it ends within a tag"));
        if (tags.stream().anyMatch(each -> !each.name().equals(name))) {
            throw wrong(name, "it has tags of another stream");
        }
        return new Stream(
                List.copyOf(tags), new Bucket.Condition.IsStill(found.get().etag()));
    }

    private MayflyException wrong(TagName name, String why) {
        return new MayflyException(
                ErrorCode.CONTENT_CORRUPT,
                "The tags of " + name + " in " + bucket.address() + " cannot be read",
                why,
                "Restore " + Keys.stream(name) + " from a copy, or delete it and push its tags again.");
    }
}
