package dev.mayfly.env.library;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Hold;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.spec.EnvSpec;
import dev.mayfly.env.spec.Resolved;
import dev.mayfly.env.spec.Resolver;
import dev.mayfly.env.spec.SpecItem;
import dev.mayfly.env.view.Stack;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Looks things up in a repository, and names what is put there. Safe for concurrent use; owns nothing; a
 * view that was asked for lately is not made again.
 */
public final class Library {
    private final Repository repository;
    private final Resolver resolver;
    private final String user;
    private final RecentViews recent;

    /**
     * @param user {@code name@host}, for tags
     * @param recent views that were asked for before, of this or another library
     */
    public Library(Repository repository, Resolver resolver, String user, RecentViews recent) {
        this.repository = repository;
        this.resolver = resolver;
        this.user = user;
        this.recent = recent;
    }

    /** What one tag or digest names. */
    public Digest digest(String ref) {
        EnvSpec spec = EnvSpec.parse(ref);
        if (spec.items().size() == 1 && spec.items().getFirst() instanceof SpecItem.Reference one) {
            return resolver.digest(one);
        }
        throw new MayflyException(
                ErrorCode.ENV_SPEC_INVALID,
                "'" + ref + "' is not one tag or digest",
                "this command takes one at a time",
                "for example: tools/base, or the beginning of a digest");
    }

    public Resolved resolve(String spec) {
        return resolver.resolve(EnvSpec.parse(spec));
    }

    /** @param stack layers and platforms from bottom to top */
    public List<Resolved.Found> flatten(List<Digest> stack) {
        return resolver.flatten(stack);
    }

    public View view(String spec) {
        return view(resolve(spec).layers());
    }

    /** @param layers from bottom to top; one without files shows nothing */
    public View view(List<Resolved.Found> layers) {
        List<Digest> stack = layers.stream().map(Resolved.Found::digest).toList();
        Optional<View> known = recent.find(stack);
        if (known.isPresent()) {
            return known.get();
        }
        View made = stacked(layers, stack);
        recent.keep(stack, made);
        return made;
    }

    /**
     * Over all but the uppermost layer, which are remembered too: who has one environment with a small layer on top often has
     * others with the same ones below, and then only that layer is read, and names and digests are there once for all.
     */
    private View stacked(List<Resolved.Found> layers, List<Digest> stack) {
        if (layers.size() < 2) {
            return Stack.pile(manifests(layers));
        }
        List<Digest> under = stack.subList(0, stack.size() - 1);
        View below = recent.find(under).orElseGet(() -> {
            View made = Stack.pile(manifests(layers.subList(0, layers.size() - 1)));
            recent.keep(under, made);
            return made;
        });
        Resolved.Found top = layers.getLast();
        return top.layer()
                .manifest()
                .map(digest -> Stack.over(below, manifest(digest, top.digest())))
                .orElse(below);
    }

    /** The same, for who puts more into it. */
    public ViewBuilder builder(List<Resolved.Found> layers) {
        return Stack.builder(manifests(layers));
    }

    private List<Manifest> manifests(List<Resolved.Found> layers) {
        List<Manifest> manifests = new ArrayList<>();
        for (Resolved.Found each : layers) {
            each.layer().manifest().ifPresent(digest -> manifests.add(manifest(digest, each.digest())));
        }
        return manifests;
    }

    private Manifest manifest(Digest digest, Digest layer) {
        EnvObject found = find(digest).orElseThrow(() -> missing("the manifest " + digest, "layer " + layer));
        if (found instanceof Manifest manifest) {
            return manifest;
        }
        throw wrongKind(digest, "manifest");
    }

    public Optional<EnvObject> find(Digest digest) {
        return repository
                .objects()
                .find(digest)
                .map(encoded -> ObjectCodec.decode(encoded).object());
    }

    /** @throws MayflyException {@code CONTENT_MISSING} when it is not there */
    public EnvObject object(Digest digest) {
        return find(digest).orElseThrow(() -> missing("the object " + digest, "what was asked for"));
    }

    /** @throws MayflyException {@code CONTENT_MISSING} when it is not there */
    public Payload payload(Digest digest) {
        return repository.payloads().find(digest).orElseThrow(() -> missing("the payload " + digest, "its file"));
    }

    /** The payload that a tag or digest names, by itself or through its blob. */
    public Digest payloadDigest(String ref) {
        Digest digest = digest(ref);
        if (find(digest).orElse(null) instanceof Blob blob) {
            return blob.payload();
        }
        if (repository.payloads().has(digest)) {
            return digest;
        }
        throw wrongKind(digest, "payload");
    }

    /**
     * Names what is there, and what it names in turn stays with it.
     *
     * @throws MayflyException {@code CONTENT_MISSING} when it is not there, or not any more
     */
    public Tag tag(TagName name, Digest target) {
        try (Hold hold = repository.hold()) {
            // Looked for when it is held: what was there when somebody looked before may have been collected since.
            if (!hold.keepsObject(target) && !hold.keepsPayload(target)) {
                throw missing(target.toString(), "the tag " + name);
            }
            return repository.tags().push(name, target, user);
        }
    }

    /** Keeps a content as a blob. */
    public Digest write(InputStream content) throws IOException {
        try (Ingest ingest = repository.ingest()) {
            Ingest.Written written = ingest.payload(content);
            Digest blob = ingest.object(new Blob(written.digest(), written.size()));
            ingest.publish();
            return blob;
        }
    }

    /** @param manifest in the ingest; everything in that becomes durable with the layer */
    public static Digest layer(Ingest ingest, Manifest manifest, List<Annotation> annotations) {
        Digest layer = ingest.object(new Layer(Optional.of(ingest.object(manifest)), annotations));
        ingest.publish();
        return layer;
    }

    /** @param stack layers and platforms from bottom to top, all of which are there */
    public Digest platform(List<Digest> stack) {
        try (Ingest ingest = repository.ingest()) {
            for (Digest each : stack) {
                if (!ingest.keepsObject(each)) {
                    throw missing("the object " + each, "the platform");
                }
            }
            Digest platform = ingest.object(Platform.of(stack));
            ingest.publish();
            return platform;
        }
    }

    private MayflyException missing(String what, String owner) {
        return new MayflyException(
                ErrorCode.CONTENT_MISSING,
                what + " is not in " + repository.address(),
                owner + " needs it, and it was never copied here or is lost",
                "mayfly env check --pull origin");
    }

    private static MayflyException wrongKind(Digest digest, String wanted) {
        return new MayflyException(
                ErrorCode.REF_UNKNOWN,
                digest + " is no " + wanted,
                "it names something else",
                "mayfly env info " + digest);
    }
}
