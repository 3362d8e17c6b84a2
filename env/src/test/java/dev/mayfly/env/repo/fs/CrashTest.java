package dev.mayfly.env.repo.fs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.codec.Form;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.codec.Strategy;
import dev.mayfly.env.contract.MemoryFolder;
import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.sync.References;
import dev.mayfly.testkit.Needs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ends the work before each of its steps in turn, as a crash of the program would, and looks what is there then. */
class CrashTest {
    private static final TagName NAME = TagName.parse("tools/compiler");
    private static final List<Integer> SIZES = List.of(10, 5000, 5000, 200_000, 2_000_000);

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @BeforeEach
    void onLinux() {
        Needs.linux();
    }

    /** Ends at one step and stays dead: nothing after it happens, as after a crash. */
    private static final class Crash implements Steps {
        private int left;
        private boolean dead;

        Crash(int left) {
            this.left = left;
        }

        @Override
        public void before(String step) {
            if (left == 0) {
                dead = true;
            }
            if (dead) {
                throw new Crashed(step);
            }
            left--;
        }
    }

    private static final class Crashed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Crashed(String step) {
            super("before: " + step);
        }
    }

    private static byte[] content(int seed, int size) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        return content;
    }

    /** A layer that names its payloads, so that who finds it knows what else must be there. */
    private static Layer layer(int seed) {
        List<Annotation> names = IntStream.range(0, SIZES.size())
                .mapToObj(i ->
                        new Annotation("file" + i, new Annotation.Stored(Digest.of(content(seed + i, SIZES.get(i))))))
                .toList();
        return new Layer(Optional.empty(), names);
    }

    /** What a commit does: payloads, an object, a tag. The lease is left behind, as its owner is dead. */
    private static Digest commit(FsRepository repository, int seed) throws IOException {
        Ingest ingest = repository.ingest();
        for (int i = 0; i < SIZES.size(); i++) {
            ingest.payload(new ByteArrayInputStream(content(seed + i, SIZES.get(i))));
        }
        Digest layer = ingest.object(layer(seed));
        ingest.publish();
        repository.tags().push(NAME, layer, "somebody@somewhere");
        ingest.close();
        return layer;
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void a_crash_before_any_step_leaves_the_old_state_or_the_new_one(Keeping keeping) throws IOException {
        int steps = 0;
        boolean ended = false;
        while (!ended) {
            Path root = folder.resolve(keeping + "-" + steps);
            FsRepository.init(root, keeping);
            Digest old;
            try (FsRepository repository = FsRepository.open(root)) {
                old = commit(repository, 1);
            }
            boolean pushed = false;
            FsRepository crashing = FsRepository.open(root, Opening.usual().with(new Crash(steps)));
            try {
                commit(crashing, 100);
                pushed = true;
                ended = true;
            } catch (Crashed e) {
                steps++;
            }
            // Locks of a dead process are gone; those of this one go with its openings.
            crashing.close();
            check(root, old, pushed);
        }
        assertThat(steps).as("steps that were tried").isGreaterThan(8);
    }

    private static void check(Path root, Digest old, boolean pushed) throws IOException {
        try (FsRepository repository = FsRepository.open(root)) {
            List<Tag> history = repository.tags().history(NAME);
            assertThat(history.getLast().target()).isEqualTo(old);
            assertThat(history).hasSizeBetween(pushed ? 2 : 1, 2);
            for (Tag each : history) {
                assertThat(repository.objects().find(each.target())).isPresent();
            }
            for (int seed : new int[] {1, 100}) {
                Digest layer = ObjectCodec.digest(layer(seed), Strategy.SALTED);
                if (repository.objects().has(layer)) {
                    whole(repository, seed);
                }
            }
            // And it works as ever.
            commit(repository, 1000);
            whole(repository, 1000);
            assertThat(repository.tags().history(NAME)).hasSize(history.size() + 1);
        }
    }

    private static void whole(FsRepository repository, int seed) throws IOException {
        for (int i = 0; i < SIZES.size(); i++) {
            byte[] expected = content(seed + i, SIZES.get(i));
            Payload payload = repository.payloads().find(Digest.of(expected)).orElseThrow();
            try (InputStream in = payload.open()) {
                assertThat(in.readAllBytes()).isEqualTo(expected);
            }
        }
    }

    /** Objects in an order in which each names some that come later, as an archive may have them. */
    private static List<EnvObject> parentsFirst() {
        byte[] payload = content(7, 100);
        Blob blob = new Blob(Digest.of(payload), payload.length);
        Manifest manifest = Manifest.of(List.of(
                Tree.of(List.of(Entry.blob(RawName.of("f"), FileMode.REGULAR | 0644, blob.payload(), blob.size())))));
        Layer layer = Layer.of(ObjectCodec.encode(manifest, Form.USUAL).digest());
        Platform inner =
                Platform.of(List.of(ObjectCodec.encode(layer, Form.USUAL).digest()));
        Platform outer = Platform.of(List.of(
                ObjectCodec.encode(inner, Form.USUAL).digest(),
                ObjectCodec.encode(layer, Form.USUAL).digest()));
        return List.of(outer, inner, layer, manifest, blob);
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void whatever_is_there_after_a_crash_has_all_that_it_names_in_whatever_order_it_came(Keeping keeping)
            throws IOException {
        int steps = 0;
        boolean ended = false;
        while (!ended) {
            Path root = folder.resolve("order-" + keeping + "-" + steps);
            FsRepository.init(root, keeping);
            FsRepository crashing = FsRepository.open(root, Opening.usual().with(new Crash(steps)));
            try {
                Ingest ingest = crashing.ingest();
                parentsFirst().forEach(ingest::object);
                ingest.payload(new ByteArrayInputStream(content(7, 100)));
                ingest.publish();
                ended = true;
            } catch (Crashed e) {
                steps++;
            }
            crashing.close();
            try (FsRepository repository = FsRepository.open(root)) {
                repository.objects().each(each -> {
                    EnvObject there = ObjectCodec.decode(
                                    repository.objects().find(each).orElseThrow())
                            .object();
                    References names = References.of(there);
                    assertThat(names.objects()).allMatch(repository.objects()::has);
                    assertThat(names.payloads().keySet()).allMatch(repository.payloads()::has);
                    if (there instanceof Manifest) {
                        // SPFS looks for the blob of a payload.
                        assertThat(names.payloads().keySet()).allMatch(repository.objects()::has);
                    }
                });
            }
        }
        assertThat(steps).as("steps that were tried").isGreaterThan(8);
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void what_a_dead_process_was_writing_is_swept_at_the_next_start(Keeping keeping) throws IOException {
        Path root = folder.resolve("swept");
        FsRepository.init(root, keeping);
        Path remains = root.resolve("mayfly/ingests/0badb007-1-1-00000000000000000000");
        try (FsRepository repository = FsRepository.open(root);
                Ingest live = repository.ingest()) {
            live.payload(new ByteArrayInputStream(content(1, 5000)));
            Files.createDirectories(remains);
            Files.write(remains.resolve("lease"), new byte[0]);
            Files.write(remains.resolve("P-1"), new byte[5000]);
            FsRepository.open(root).close();
            assertThat(remains).doesNotExist();
            live.publish();
            assertThat(repository.payloads().has(Digest.of(content(1, 5000)))).isTrue();
        }
        try (Stream<Path> left = Files.list(root.resolve("mayfly/ingests"))) {
            assertThat(left).isEmpty();
        }
    }
}
