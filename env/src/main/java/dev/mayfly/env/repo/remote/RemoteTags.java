package dev.mayfly.env.repo.remote;

import com.google.protobuf.ByteString;
import dev.mayfly.env.codec.TagCodec;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Tags;
import dev.mayfly.env.wire.WireDigest;
import dev.mayfly.proto.env.ListRequest;
import dev.mayfly.proto.env.TagList;
import dev.mayfly.proto.env.TagPush;
import dev.mayfly.proto.env.TagVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

final class RemoteTags implements Tags {
    /** Tags in one call; a tag has some hundred bytes, and a message at most one MiB. */
    private static final int BATCH = 500;

    private final Wire wire;

    RemoteTags(Wire wire) {
        this.wire = wire;
    }

    @Override
    public Optional<Tag> find(TagName name, long version) {
        if (version < 0) {
            return Optional.empty();
        }
        TagVersion asked = TagVersion.newBuilder()
                .setName(name.toString())
                .setVersion(version)
                .build();
        return tags(name, wire.ask(stub -> stub.findTag(asked))).stream().findFirst();
    }

    @Override
    public List<Tag> history(TagName name) {
        List<Tag> history = new ArrayList<>();
        wire.each(stub -> stub.tagHistory(stream(name)), list -> history.addAll(tags(name, list)));
        return List.copyOf(history);
    }

    @Override
    public void each(String prefix, Consumer<TagName> found) {
        wire.each(
                stub -> stub.listTags(ListRequest.newBuilder().setPrefix(prefix).build()),
                names -> names.getNamesList().forEach(each -> found.accept(name(each))));
    }

    private TagName name(String text) {
        try {
            return TagName.parse(text);
        } catch (IllegalArgumentException e) {
            throw wire.wrong(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Tag push(TagName name, Digest target, String user) {
        return push(name, target, user, ByteString.EMPTY)
                .orElseThrow(() -> wire.wrong("it pushed the tag " + name + " and does not say which"));
    }

    @Override
    public Optional<Tag> push(TagName name, Digest target, String user, Digest expected) {
        return push(name, target, user, WireDigest.bytes(expected));
    }

    private Optional<Tag> push(TagName name, Digest target, String user, ByteString expected) {
        TagPush push = TagPush.newBuilder()
                .setName(name.toString())
                .setTarget(WireDigest.bytes(target))
                .setUser(user)
                .setExpected(expected)
                .build();
        return tags(name, wire.ask(stub -> stub.pushTag(push))).stream().findFirst();
    }

    @Override
    public void insert(List<Tag> tags) {
        for (int from = 0; from < tags.size(); from += BATCH) {
            TagList part = list(tags.subList(from, Math.min(tags.size(), from + BATCH)));
            wire.ask(stub -> stub.insertTags(part));
        }
    }

    @Override
    public boolean remove(Tag tag) {
        return wire.ask(stub -> stub.removeTag(list(List.of(tag)))).getChanged();
    }

    @Override
    public boolean removeAll(TagName name) {
        return wire.ask(stub -> stub.removeTags(stream(name))).getChanged();
    }

    private static TagVersion stream(TagName name) {
        return TagVersion.newBuilder().setName(name.toString()).build();
    }

    private static TagList list(List<Tag> tags) {
        return TagList.newBuilder()
                .addAllTags(tags.stream()
                        .map(TagCodec::encode)
                        .map(ByteString::copyFrom)
                        .toList())
                .build();
    }

    private List<Tag> tags(TagName name, TagList list) {
        List<Tag> tags = new ArrayList<>();
        for (ByteString each : list.getTagsList()) {
            Tag tag = TagCodec.decode(each.toByteArray());
            if (!tag.name().equals(name)) {
                throw wire.wrong("asked for the tag " + name + " it gave " + tag.name());
            }
            tags.add(tag);
        }
        return tags;
    }
}
