package dev.mayfly.env.fake;

import dev.mayfly.env.codec.TagCodec;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Tags;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Streams in memory, newest first; every tag is a second younger than the one made before it. */
final class MemoryTags implements Tags {
    private final SortedMap<TagName, List<Tag>> streams = new TreeMap<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public synchronized Optional<Tag> find(TagName name, long version) {
        List<Tag> stream = streams.getOrDefault(name, List.of());
        return version < 0 || version >= stream.size() ? Optional.empty() : Optional.of(stream.get((int) version));
    }

    @Override
    public synchronized List<Tag> history(TagName name) {
        return List.copyOf(streams.getOrDefault(name, List.of()));
    }

    @Override
    public void each(String prefix, Consumer<TagName> found) {
        List<TagName> names;
        synchronized (this) {
            names = streams.keySet().stream()
                    .filter(each -> each.toString().startsWith(prefix))
                    .toList();
        }
        names.forEach(found);
    }

    @Override
    public synchronized Tag push(TagName name, Digest target, String user) {
        return push(name, target, user, newest(name)).orElseThrow();
    }

    @Override
    public synchronized Optional<Tag> push(TagName name, Digest target, String user, Digest expected) {
        if (!newest(name).equals(expected)) {
            return Optional.empty();
        }
        Optional<Tag> newest = find(name);
        if (newest.isPresent() && newest.get().target().equals(target)) {
            return newest;
        }
        now = now.plus(1, ChronoUnit.SECONDS);
        Tag tag = new Tag(name, target, expected, user, now);
        streams.computeIfAbsent(name, _ -> new ArrayList<>()).addFirst(tag);
        return Optional.of(tag);
    }

    private Digest newest(TagName name) {
        return find(name).map(TagCodec::digest).orElse(Digest.NULL);
    }

    @Override
    public synchronized void insert(List<Tag> tags) {
        for (Tag each : tags) {
            List<Tag> stream = streams.computeIfAbsent(each.name(), _ -> new ArrayList<>());
            if (!stream.contains(each)) {
                stream.addFirst(each);
            }
        }
    }

    @Override
    public synchronized boolean remove(Tag tag) {
        List<Tag> stream = streams.getOrDefault(tag.name(), new ArrayList<>());
        boolean removed = stream.remove(tag);
        if (stream.isEmpty()) {
            streams.remove(tag.name());
        }
        return removed;
    }

    @Override
    public synchronized boolean removeAll(TagName name) {
        return streams.remove(name) != null;
    }
}
