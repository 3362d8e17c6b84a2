package dev.mayfly.env.lazy;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.spec.EnvSpec;
import dev.mayfly.env.spec.SpecItem;
import dev.mayfly.env.sync.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a view is of, to be copied as a whole while it is shown in part.
 *
 * @param spec as the user wrote it
 * @param stack what it named when the view was made
 */
public record LazyRequest(String spec, List<Digest> stack) {
    public LazyRequest {
        stack = List.copyOf(stack);
        if (spec.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a spec is one line");
        }
    }

    /** The stack, and those tags that still name what they named: a tag that moved on is another environment. */
    public List<Wanted> wanted(Repository origin) {
        List<Wanted> wanted = new ArrayList<>();
        stack.forEach(each -> wanted.add(Wanted.content(each)));
        for (SpecItem item : EnvSpec.parse(spec).items()) {
            if (item instanceof SpecItem.TagRef tag
                    && tag.version() == 0
                    && origin.tags()
                            .find(tag.name())
                            .filter(found -> stack.contains(found.target()))
                            .isPresent()) {
                wanted.add(Wanted.newest(tag.name()));
            }
        }
        return wanted;
    }

    String text() {
        StringBuilder text = new StringBuilder(spec).append('\n');
        stack.forEach(each -> text.append(each).append('\n'));
        return text.toString();
    }

    static Optional<LazyRequest> parse(String text) {
        List<String> lines = text.lines().toList();
        if (lines.isEmpty()) {
            return Optional.empty();
        }
        List<Digest> stack = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            Optional<Digest> digest = Digest.parse(line);
            if (digest.isEmpty()) {
                return Optional.empty();
            }
            stack.add(digest.get());
        }
        return Optional.of(new LazyRequest(lines.getFirst(), stack));
    }
}
