package dev.mayfly.env.spec;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.text.Spelling;
import dev.mayfly.env.codec.Header;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.codec.ObjectKind;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.DigestPrefix;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Repository;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Turns a spec into layers. Repositories are asked in their order, and the first that knows a tag, a digest or the beginning
 * of one decides; so what is at hand does not need a remote one.
 */
public final class Resolver {
    /** Platforms within each other. */
    static final int DEEPEST = 100;

    private static final int CANDIDATES = 10;
    private static final int NEAR_MATCHES = 3;

    private final List<Repository> repositories;
    private final SpecLoader files;

    public Resolver(List<Repository> repositories, SpecLoader files) {
        this.repositories = List.copyOf(repositories);
        this.files = files;
    }

    /**
     * @throws MayflyException {@code REF_UNKNOWN}, {@code REF_AMBIGUOUS}, {@code ENV_SPEC_INVALID} for a file and for what is
     *     no layer, {@code CONTENT_MISSING} for what a platform names and no repository has
     */
    public Resolved resolve(EnvSpec spec) {
        LoadedSpec loaded = files.load(spec);
        List<Digest> named = new ArrayList<>();
        for (SpecItem.Reference reference : loaded.references()) {
            named.add(digest(reference));
        }
        List<Digest> stack = Platform.of(named).stack();
        return new Resolved(stack, flatten(stack), loaded.live());
    }

    /** The object that a reference names. It is there for tags and beginnings, as far as repositories are whole. */
    public Digest digest(SpecItem.Reference reference) {
        return switch (reference) {
            case SpecItem.DigestRef whole -> known(whole.digest());
            case SpecItem.PrefixRef part -> digest(part.prefix());
            case SpecItem.TagRef tag -> digest(tag);
        };
    }

    private Digest known(Digest digest) {
        if (repositories.stream().noneMatch(each -> each.objects().has(digest))) {
            throw unknown(digest.toString(), "no object has this digest in " + addresses(), Optional.empty());
        }
        return digest;
    }

    private Digest digest(DigestPrefix prefix) {
        for (Repository each : repositories) {
            List<Digest> fit = each.objects().beginning(prefix, CANDIDATES + 1);
            if (fit.size() == 1) {
                return fit.getFirst();
            }
            if (fit.size() > 1) {
                String shown =
                        fit.stream().limit(CANDIDATES).map(Digest::toString).collect(Collectors.joining(", "));
                throw new MayflyException(
                        ErrorCode.REF_AMBIGUOUS,
                        "The digest " + prefix + " is too short",
                        "in " + each.address() + " it is the beginning of " + shown
                                + (fit.size() > CANDIDATES ? " and more" : ""),
                        "Write more of its letters.");
            }
        }
        throw unknown(
                prefix.toString(),
                "it reads as the beginning of a digest, and no object has one that begins so in " + addresses(),
                tagNamed(prefix).map(name -> name + "~0"));
    }

    /** A tag in capital letters looks like a digest; with its version it does not. */
    private Optional<TagName> tagNamed(DigestPrefix prefix) {
        TagName name = TagName.parse(prefix.text());
        return repositories.stream().anyMatch(each -> each.tags().find(name).isPresent())
                ? Optional.of(name)
                : Optional.empty();
    }

    private Digest digest(SpecItem.TagRef ref) {
        for (Repository each : repositories) {
            Optional<Tag> tag = each.tags().find(ref.name(), ref.version());
            if (tag.isPresent()) {
                return tag.get().target();
            }
            if (ref.version() > 0 && each.tags().find(ref.name()).isPresent()) {
                int versions = each.tags().history(ref.name()).size();
                throw unknown(
                        ref.toString(),
                        "the tag has " + versions + " versions in " + each.address() + ", counted from 0",
                        Optional.of(ref.name() + "~" + (versions - 1)));
            }
        }
        throw unknown(ref.toString(), "there is no such tag in " + addresses(), near(ref.name()));
    }

    /** Tags whose names differ in few letters, or in their groups only. */
    private Optional<String> near(TagName name) {
        Set<String> all = new TreeSet<>();
        repositories.forEach(each -> each.tags().each("", tag -> all.add(tag.toString())));
        Set<String> near = new LinkedHashSet<>();
        Spelling.nearest(name.toString(), all).ifPresent(near::add);
        all.stream()
                .filter(each -> TagName.parse(each).name().equals(name.name()))
                .limit(NEAR_MATCHES)
                .forEach(near::add);
        return near.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", near));
    }

    private MayflyException unknown(String reference, String why, Optional<String> meant) {
        return new MayflyException(
                ErrorCode.REF_UNKNOWN,
                "Nothing is known as " + reference,
                why,
                meant.map(each -> "Did you mean " + each + "?")
                        .orElse("Look at the tags that there are, or add the repository that has it."));
    }

    /**
     * The layers of a stack of layers, manifests and platforms. What is there repeatedly keeps its highest place; so each
     * object is looked at once, from the top.
     *
     * @param stack from bottom to top
     * @return from bottom to top
     */
    public List<Resolved.Found> flatten(List<Digest> stack) {
        List<Resolved.Found> topDown = new ArrayList<>();
        Set<Digest> seen = new HashSet<>();
        for (Digest each : stack.reversed()) {
            place(each, Optional.empty(), 0, seen, topDown);
        }
        return topDown.reversed();
    }

    private void place(
            Digest digest, Optional<Digest> within, int depth, Set<Digest> seen, List<Resolved.Found> topDown) {
        if (!seen.add(digest)) {
            return;
        }
        if (depth > DEEPEST) {
            throw new MayflyException(
                    ErrorCode.ENV_SPEC_INVALID,
                    "The platform " + digest + " cannot be taken apart",
                    "platforms are within each other deeper than " + DEEPEST,
                    "Make a platform of the layers themselves.");
        }
        Encoded encoded = read(digest, within);
        if (Header.read(encoded.bytes()).kind() == ObjectKind.MANIFEST) {
            topDown.add(new Resolved.Found(digest, Layer.of(digest)));
            return;
        }
        switch (ObjectCodec.decode(encoded).object()) {
            case Layer layer -> topDown.add(new Resolved.Found(digest, layer));
            case Manifest _ -> topDown.add(new Resolved.Found(digest, Layer.of(digest)));
            case Platform platform -> {
                for (Digest each : platform.stack().reversed()) {
                    place(each, Optional.of(digest), depth + 1, seen, topDown);
                }
            }
            case Blob _ ->
                throw new MayflyException(
                        ErrorCode.ENV_SPEC_INVALID,
                        "The object " + digest + " is no layer",
                        "it is the content of one file",
                        "Name a layer, a platform or a manifest.");
        }
    }

    private Encoded read(Digest digest, Optional<Digest> within) {
        for (Repository each : repositories) {
            Optional<Encoded> found = each.objects().find(digest);
            if (found.isPresent()) {
                return found.get();
            }
        }
        throw new MayflyException(
                ErrorCode.CONTENT_MISSING,
                "The object " + digest + " is missing",
                within.map(platform -> "the platform " + platform + " names it").orElse("a tag or digest names it")
                        + ", and it is not in " + addresses(),
                "Pull it from a repository that has it, or add that repository.");
    }

    private String addresses() {
        return repositories.isEmpty()
                ? "any repository, as there is none"
                : repositories.stream().map(Repository::address).collect(Collectors.joining(", "));
    }
}
