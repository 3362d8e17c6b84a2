package dev.mayfly.env.gc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.contract.MemoryFolder;
import dev.mayfly.env.erofs.Contents;
import dev.mayfly.env.erofs.ErofsMounts;
import dev.mayfly.env.erofs.ErofsNeeds;
import dev.mayfly.env.erofs.ViewMount;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Entry;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.pack.Pack;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Keeping;
import dev.mayfly.env.repo.fs.Opening;
import dev.mayfly.env.repo.fs.Steps;
import dev.mayfly.env.sync.Check;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import dev.mayfly.testkit.Needs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small packs become one while they are in use. */
class MergeTest {
    private static final int COMMITS = 12;
    private static final Opening AHEAD = Opening.usual().with(Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @BeforeEach
    void onLinux() {
        Needs.linux();
    }

    private static byte[] content(int seed) {
        byte[] content = new byte[5000 + seed];
        new Random(seed).nextBytes(content);
        return content;
    }

    /** @return the payload of each commit */
    private static List<Digest> fill(Path root) throws IOException {
        FsRepository.init(root, Keeping.PACKS);
        List<Digest> payloads = new ArrayList<>();
        try (FsRepository repository = FsRepository.open(root)) {
            for (int i = 0; i < COMMITS; i++) {
                try (Ingest ingest = repository.ingest()) {
                    Ingest.Written written = ingest.payload(new ByteArrayInputStream(content(i)));
                    Entry entry =
                            Entry.blob(RawName.of("f"), FileMode.REGULAR | 0644, written.digest(), written.size());
                    Digest layer =
                            ingest.object(Layer.of(ingest.object(Manifest.of(List.of(Tree.of(List.of(entry)))))));
                    ingest.publish();
                    repository.tags().push(TagName.parse("n" + i), layer, "somebody@somewhere");
                    payloads.add(written.digest());
                }
            }
            assertThat(repository.store().packs().packs()).hasSize(2 * COMMITS);
        }
        return payloads;
    }

    private static CollectReport collect(FsRepository repository) {
        return new Collector(repository, Duration.ZERO, List::of).run();
    }

    private static void assertWhole(FsRepository repository) {
        assertThat(new Check(1, true).run(repository, Check.tagged(repository)).faults())
                .isEmpty();
    }

    @Test
    void small_packs_become_one_for_each_kind_and_who_reads_them_reads_on() throws IOException {
        Path root = folder.resolve("repository");
        List<Digest> payloads = fill(root);
        try (FsRepository repository = FsRepository.open(root, AHEAD);
                FsRepository other = FsRepository.open(root)) {
            List<InputStream> begun = new ArrayList<>();
            for (Digest each : payloads) {
                InputStream in = other.payloads().find(each).orElseThrow().open();
                assertThat(in.read()).isNotNegative();
                begun.add(in);
            }
            CollectReport report = collect(repository);
            assertThat(report.rewritten()).isEqualTo(2 * COMMITS);
            assertThat(report.purged()).as("the old ones go for good").isPositive();
            assertThat(repository.store().packs().packs()).hasSize(2);
            for (int i = 0; i < COMMITS; i++) {
                try (InputStream in = begun.get(i)) {
                    assertThat(in.readAllBytes()).hasSize(content(i).length - 1);
                }
                try (InputStream in =
                        other.payloads().find(payloads.get(i)).orElseThrow().open()) {
                    assertThat(in.readAllBytes()).isEqualTo(content(i));
                }
            }
            assertWhole(other);
            assertThat(collect(repository).rewritten())
                    .as("what was merged stays")
                    .isZero();
        }
    }

    @Test
    void a_pack_in_which_something_has_rotted_is_left_as_it_is() throws IOException {
        Path root = folder.resolve("repository");
        List<Digest> payloads = fill(root);
        try (FsRepository repository = FsRepository.open(root, AHEAD)) {
            Pack rotten = repository
                    .store()
                    .packs()
                    .find(Kind.PAYLOAD, payloads.get(3))
                    .orElseThrow()
                    .pack();
            try (FileChannel channel = FileChannel.open(rotten.data(), StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 100);
            }
            assertThat(collect(repository).rewritten()).isEqualTo(2 * COMMITS - 1);
            assertThat(rotten.indexFile()).exists();
            assertThat(rotten.data()).exists();
            assertThat(new Check(1, true)
                            .run(repository, Check.tagged(repository))
                            .faults())
                    .hasSize(1);
        }
    }

    private static final class Crashed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Crash implements Steps {
        private int left;

        Crash(int left) {
            this.left = left;
        }

        @Override
        public void before(String step) {
            if (left-- <= 0) {
                throw new Crashed();
            }
        }
    }

    @Test
    void a_collector_that_dies_before_any_step_loses_nothing_and_the_next_one_goes_on() throws IOException {
        Path root = folder.resolve("repository");
        fill(root);
        int deaths = 0;
        boolean ended = false;
        while (!ended) {
            try (FsRepository dying = FsRepository.open(root, AHEAD.with(new Crash(deaths)))) {
                collect(dying);
                ended = true;
            } catch (Crashed e) {
                deaths++;
            }
            try (FsRepository after = FsRepository.open(root)) {
                assertWhole(after);
            }
        }
        assertThat(deaths).isGreaterThan(8);
        try (FsRepository repository = FsRepository.open(root, AHEAD)) {
            collect(repository);
            assertThat(repository.store().packs().packs()).hasSizeLessThan(8);
            assertWhole(repository);
        }
    }

    private static View view(List<Digest> payloads) {
        ViewBuilder builder = new ViewBuilder();
        for (int i = 0; i < COMMITS; i++) {
            builder.root().file(RawName.of("f" + i), FileMode.REGULAR | 0644, payloads.get(i), content(i).length);
        }
        return builder.build();
    }

    /** Images are on a disk, because the kernel mounts none from memory. */
    @Test
    void a_mounted_view_keeps_the_packs_that_it_shows_and_is_mounted_again_over_the_new_ones(@TempDir Path disk)
            throws IOException {
        ErofsNeeds.check(disk);
        Path root = disk.resolve("repository");
        List<Digest> payloads = fill(root);
        View view = view(payloads);
        ErofsMounts mounts = new ErofsMounts(disk.resolve("erofs"));
        try (FsRepository repository = FsRepository.open(root, AHEAD)) {
            Digest key;
            try (ViewMount mount = mounts.mounted(view, Contents.of(repository.payloads()))) {
                key = mount.key();
                CollectReport report = collect(repository);
                assertThat(report.rewritten()).isPositive();
                assertThat(report.purged()).as("the old ones go for good").isPositive();
                assertShown(mount.path());
            }
            mounts.unmountUnused();
            assertThat(mounts.again(key)).as("its packs have gone").isEmpty();
            try (ViewMount mount = mounts.mounted(view, Contents.of(repository.payloads()))) {
                assertShown(mount.path());
            }
        } finally {
            mounts.unmountUnused();
        }
    }

    @Test
    void a_view_whose_packs_become_one_just_before_the_mount_is_mounted_over_the_new_ones(@TempDir Path disk)
            throws IOException {
        ErofsNeeds.check(disk);
        Path root = disk.resolve("repository");
        List<Digest> payloads = fill(root);
        ErofsMounts mounts = new ErofsMounts(disk.resolve("erofs"));
        try (FsRepository repository = FsRepository.open(root, AHEAD)) {
            Contents found = Contents.of(repository.payloads());
            AtomicInteger looks = new AtomicInteger();
            Contents moving = new Contents() {
                @Override
                public Place place(Digest payload, long size) {
                    Place place = found.place(payload, size);
                    if (looks.incrementAndGet() == COMMITS) {
                        assertThat(collect(repository).purged()).isPositive();
                    }
                    return place;
                }

                @Override
                public byte[] bytes(Digest payload, long size) {
                    return found.bytes(payload, size);
                }
            };
            try (ViewMount mount = mounts.mounted(view(payloads), moving)) {
                assertShown(mount.path());
            }
            assertThat(looks).hasValue(2 * COMMITS);
        } finally {
            mounts.unmountUnused();
        }
    }

    private static void assertShown(Path place) throws IOException {
        for (int i = 0; i < COMMITS; i++) {
            assertThat(Files.readAllBytes(place.resolve("f" + i))).isEqualTo(content(i));
        }
    }
}
