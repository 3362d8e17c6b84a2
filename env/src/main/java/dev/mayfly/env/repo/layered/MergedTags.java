package dev.mayfly.env.repo.layered;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.Tags;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Streams of several repositories. A stream is that of the first repository that has it, as a whole: histories are not mixed.
 * Changes go to the primary and see only its streams.
 */
final class MergedTags implements Tags {
    private final Tags primary;
    private final Several all;

    MergedTags(Tags primary, Several all) {
        this.primary = primary;
        this.all = all;
    }

    @Override
    public Optional<Tag> find(TagName name, long version) {
        return all.first(each -> owner(each, name)).flatMap(owner -> owner.find(name, version));
    }

    private static Optional<Tags> owner(Repository repository, TagName name) {
        return repository.tags().find(name).map(_ -> repository.tags());
    }

    @Override
    public List<Tag> history(TagName name) {
        return all.first(each -> Optional.of(each.tags().history(name)).filter(history -> !history.isEmpty()))
                .orElse(List.of());
    }

    @Override
    public void each(String prefix, Consumer<TagName> found) {
        TreeSet<TagName> names = new TreeSet<>();
        for (Repository each : all.members()) {
            each.tags().each(prefix, names::add);
        }
        names.forEach(found);
    }

    @Override
    public Tag push(TagName name, Digest target, String user) {
        return primary.push(name, target, user);
    }

    @Override
    public Optional<Tag> push(TagName name, Digest target, String user, Digest expected) {
        return primary.push(name, target, user, expected);
    }

    @Override
    public void insert(List<Tag> tags) {
        primary.insert(tags);
    }

    @Override
    public boolean remove(Tag tag) {
        return primary.remove(tag);
    }

    @Override
    public boolean removeAll(TagName name) {
        return primary.removeAll(name);
    }
}
