package dev.mayfly.env.fake;

import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Repository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Puts random environments into repositories: nested folders, links, masks, annotations, platforms in platforms. */
public final class Graphs {
    private static final int LARGEST_FILE = 20_000;

    private final Random random;

    public Graphs(long seed) {
        this.random = new Random(seed);
    }

    /** A platform and what is below it, under the tags {@code graph/a} (with history) and {@code graph/b}. */
    public Digest into(Repository repository) {
        Digest top;
        Digest layer;
        try (Ingest ingest = repository.ingest()) {
            List<Digest> stack = new ArrayList<>();
            for (int left = 1 + random.nextInt(4); left > 0; left--) {
                stack.add(layer(ingest));
            }
            layer = stack.getFirst();
            Digest inner = ingest.object(new Platform(stack.subList(0, 1 + random.nextInt(stack.size()))));
            stack.add(inner);
            top = ingest.object(new Platform(stack));
            ingest.publish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        repository.tags().push(TagName.parse("graph/a"), layer, "somebody@somewhere");
        repository.tags().push(TagName.parse("graph/a"), top, "somebody@somewhere");
        repository.tags().push(TagName.parse("graph/b"), layer, "somebody@somewhere");
        return top;
    }

    private Digest layer(Ingest ingest) throws IOException {
        List<Tree> trees = new ArrayList<>();
        Tree root = tree(ingest, trees, 3);
        trees.addFirst(root);
        Digest manifest = ingest.object(Manifest.of(trees.stream().distinct().toList()));
        List<Annotation> annotations = new ArrayList<>();
        if (random.nextBoolean()) {
            annotations.add(new Annotation("made-by", new Annotation.Inline("number " + random.nextInt())));
            annotations.add(new Annotation("long", new Annotation.Stored(payload(ingest, true))));
        }
        return ingest.object(new Layer(Optional.of(manifest), annotations));
    }

    private Tree tree(Ingest ingest, List<Tree> trees, int depth) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (int left = random.nextInt(6); left > 0; left--) {
            RawName name = RawName.of("n" + left + "-" + random.nextInt(100));
            switch (random.nextInt(depth > 0 ? 5 : 4)) {
                case 0 -> entries.add(Entry.mask(name));
                case 4 -> {
                    Tree below = tree(ingest, trees, depth - 1);
                    trees.add(below);
                    entries.add(Entry.tree(name, FileMode.DIRECTORY | 0755, below.digest()));
                }
                default -> entries.add(file(ingest, name));
            }
        }
        return Tree.of(entries);
    }

    private Entry file(Ingest ingest, RawName name) throws IOException {
        byte[] content = content();
        Digest digest = ingest.payload(new ByteArrayInputStream(content)).digest();
        if (random.nextBoolean()) {
            ingest.object(new Blob(digest, content.length));
        }
        return Entry.blob(name, FileMode.REGULAR | 0644, digest, content.length);
    }

    private Digest payload(Ingest ingest, boolean withBlob) throws IOException {
        byte[] content = content();
        Digest digest = ingest.payload(new ByteArrayInputStream(content)).digest();
        if (withBlob) {
            ingest.object(new Blob(digest, content.length));
        }
        return digest;
    }

    private byte[] content() {
        // Few contents, so that files share payloads.
        byte[] content = new byte[random.nextInt(4) == 0 ? random.nextInt(LARGEST_FILE) : random.nextInt(40)];
        random.nextBytes(content);
        return content;
    }
}
