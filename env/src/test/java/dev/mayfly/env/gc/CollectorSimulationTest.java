package dev.mayfly.env.gc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.contract.MemoryFolder;
import dev.mayfly.env.library.Library;
import dev.mayfly.env.library.RecentViews;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Keeping;
import dev.mayfly.env.repo.fs.Opening;
import dev.mayfly.env.spec.Resolver;
import dev.mayfly.env.spec.SpecLoader;
import dev.mayfly.env.sync.Check;
import dev.mayfly.testkit.Needs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Committers, pushers and collectors, whose steps go in an order that a seed says. Nothing is ever young, so all that keeps
 * content is what keeps it in earnest: tags, leases, the gate. {@code -Dmayfly.gc.seeds=10000} plays longer, and
 * {@code -Dmayfly.gc.from=N} begins elsewhere.
 */
class CollectorSimulationTest {
    private static final int FEW = 5;
    private static final int MANY = 8;
    private static final String USER = "somebody@somewhere";

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void whatever_the_order_of_steps_nothing_that_a_tag_names_is_lost(Keeping keeping) throws Exception {
        Needs.linux();
        long from = Long.getLong("mayfly.gc.from", 0);
        long seeds = Long.getLong("mayfly.gc.seeds", 20);
        for (long seed = from; seed < from + seeds; seed++) {
            play(keeping, seed);
        }
    }

    private void play(Keeping keeping, long seed) throws Exception {
        Path root = folder.resolve(keeping.word() + seed);
        FsRepository.init(root, keeping);
        Random random = new Random(seed);
        List<Digest> layers = new ArrayList<>();
        // Ahead of the clock of the files, so that nothing is young for the collector.
        Clock clock = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
        try (FsRepository before = FsRepository.open(root, Opening.usual().with(clock))) {
            for (int i = 0; i < 3; i++) {
                Digest layer = commit(before, random.nextInt(FEW), random.nextInt(FEW));
                layers.add(layer);
                if (random.nextBoolean()) {
                    before.tags().push(TagName.parse("first" + i), layer, USER);
                }
            }
            new Collector(before, Duration.ZERO, List::of).run();
            // So many small packs that they become one while others work.
            for (int i = 0; i < MANY; i++) {
                before.tags().push(TagName.parse("many" + i), commit(before, FEW + i, random.nextInt(FEW)), USER);
            }
        }
        Turns turns = new Turns(seed);
        try (FsRepository repository =
                FsRepository.open(root, Opening.usual().with(clock).with(turns))) {
            for (int i = 0; i < 2; i++) {
                int a = random.nextInt(FEW);
                int b = random.nextInt(FEW);
                TagName name = TagName.parse("committer" + i);
                turns.add(name.name(), () -> commitAndTag(repository, name, a, b));
            }
            turns.add("pusher", () -> pushWhatIsThere(repository, layers));
            turns.add("tagger", () -> tagWhatIsThere(repository, layers));
            turns.add("composer", () -> compose(repository, layers));
            turns.add("remover", () -> removeOne(repository));
            for (int i = 0; i < 2; i++) {
                turns.add("collector" + i, () -> collect(repository));
            }
            assertThat(turns.play()).as("seed %d of %s", seed, keeping).isEmpty();
        }
        try (FsRepository after = FsRepository.open(root, Opening.usual().with(clock))) {
            assertThat(new Check(1, true).run(after, Check.tagged(after)).faults())
                    .as("seed %d of %s", seed, keeping)
                    .isEmpty();
            new Collector(after, Duration.ZERO, List::of).run();
            new Collector(after, Duration.ZERO, List::of).run();
            assertThat(new Check(1, true).run(after, Check.tagged(after)).faults())
                    .as("seed %d of %s, collected again", seed, keeping)
                    .isEmpty();
        }
        // Each has its reserve, and thousands of them are played.
        Files.delete(root.resolve("mayfly/reserve"));
    }

    private static void collect(FsRepository repository) {
        // Another may be at it, which is refused and no fault.
        try {
            new Collector(repository, Duration.ZERO, List::of).run();
        } catch (MayflyException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT);
        }
    }

    /** What nothing names any more may be named again by who finds it and keeps it. */
    private static void pushWhatIsThere(FsRepository repository, List<Digest> layers) throws IOException {
        for (int i = 0; i < layers.size(); i++) {
            try (Ingest ingest = repository.ingest()) {
                if (ingest.keepsObject(layers.get(i))) {
                    repository.tags().push(TagName.parse("found" + i), layers.get(i), USER);
                }
            }
        }
    }

    /** As somebody who types a digest and a name. */
    private static void tagWhatIsThere(FsRepository repository, List<Digest> layers) {
        Library library =
                new Library(repository, new Resolver(List.of(repository), new SpecLoader()), USER, new RecentViews());
        for (int i = 0; i < layers.size(); i++) {
            try {
                library.tag(TagName.parse("tagged" + i), layers.get(i));
            } catch (MayflyException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_MISSING);
            }
        }
    }

    private static void compose(FsRepository repository, List<Digest> layers) {
        try (Ingest ingest = repository.ingest()) {
            List<Digest> stack = layers.stream().filter(ingest::keepsObject).toList();
            Digest platform = ingest.object(Platform.of(stack));
            ingest.publish();
            repository.tags().push(TagName.parse("composed"), platform, USER);
        }
    }

    private static void removeOne(FsRepository repository) {
        List<Tag> history = repository.tags().history(TagName.parse("first0"));
        if (!history.isEmpty()) {
            repository.tags().remove(history.getFirst());
        }
    }

    private static void commitAndTag(FsRepository repository, TagName name, int a, int b) throws IOException {
        try (Ingest ingest = repository.ingest()) {
            Digest layer = put(ingest, a, b);
            ingest.publish();
            repository.tags().push(name, layer, USER);
        }
    }

    private static Digest commit(FsRepository repository, int a, int b) throws IOException {
        try (Ingest ingest = repository.ingest()) {
            Digest layer = put(ingest, a, b);
            ingest.publish();
            return layer;
        }
    }

    private static Digest put(Ingest ingest, int a, int b) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (int each : a == b ? new int[] {a} : new int[] {a, b}) {
            Ingest.Written written = ingest.payload(new ByteArrayInputStream(new byte[100 * each]));
            entries.add(Entry.blob(RawName.of("f" + each), FileMode.REGULAR | 0644, written.digest(), written.size()));
        }
        return ingest.object(Layer.of(ingest.object(Manifest.of(List.of(Tree.of(entries))))));
    }
}
