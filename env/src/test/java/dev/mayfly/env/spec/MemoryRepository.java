package dev.mayfly.env.spec;

import dev.mayfly.env.codec.Form;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.codec.TagCodec;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Objects;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.Tags;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Objects and tags in memory, for those who read them. */
final class MemoryRepository implements Repository, Objects, Tags {
    private final String address;
    private final Map<Digest, Encoded> objects = new HashMap<>();
    private final TreeMap<TagName, List<Tag>> streams = new TreeMap<>();

    /** How many objects were read. */
    int reads;

    MemoryRepository(String address) {
        this.address = address;
    }

    Digest put(EnvObject object) {
        Encoded encoded = ObjectCodec.encode(object, Form.USUAL);
        objects.put(encoded.digest(), encoded);
        return encoded.digest();
    }

    void tag(String name, Digest target) {
        push(TagName.parse(name), target, "me@here");
    }

    @Override
    public String address() {
        return address;
    }

    @Override
    public Objects objects() {
        return this;
    }

    @Override
    public Tags tags() {
        return this;
    }

    @Override
    public Payloads payloads() {
        throw new UnsupportedOperationException("no payloads in memory");
    }

    @Override
    public Ingest ingest() {
        throw new UnsupportedOperationException("written directly");
    }

    @Override
    public void close() {}

    @Override
    public Optional<Encoded> find(Digest digest) {
        reads++;
        return Optional.ofNullable(objects.get(digest));
    }

    @Override
    public boolean has(Digest digest) {
        return objects.containsKey(digest);
    }

    @Override
    public void each(Consumer<Digest> found) {
        objects.keySet().forEach(found);
    }

    @Override
    public Optional<Tag> find(TagName name, long version) {
        List<Tag> history = history(name);
        return version < history.size() ? Optional.of(history.get((int) version)) : Optional.empty();
    }

    @Override
    public List<Tag> history(TagName name) {
        return streams.getOrDefault(name, List.of()).reversed();
    }

    @Override
    public void each(String prefix, Consumer<TagName> found) {
        streams.keySet().stream()
                .filter(name -> name.toString().startsWith(prefix))
                .forEach(found);
    }

    @Override
    public Tag push(TagName name, Digest target, String user) {
        List<Tag> stream = streams.computeIfAbsent(name, _ -> new ArrayList<>());
        Digest parent = stream.isEmpty() ? Digest.NULL : TagCodec.digest(stream.getLast());
        stream.add(new Tag(name, target, parent, user, Instant.EPOCH));
        return stream.getLast();
    }

    @Override
    public Optional<Tag> push(TagName name, Digest target, String user, Digest expected) {
        throw new UnsupportedOperationException("nobody else writes here");
    }

    @Override
    public void insert(List<Tag> tags) {
        throw new UnsupportedOperationException("nothing is copied here");
    }

    @Override
    public boolean remove(Tag tag) {
        return streams.getOrDefault(tag.name(), List.of()).remove(tag);
    }

    @Override
    public boolean removeAll(TagName name) {
        return streams.remove(name) != null;
    }
}
