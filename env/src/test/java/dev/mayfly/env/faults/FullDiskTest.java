package dev.mayfly.env.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.gc.Collector;
import dev.mayfly.env.library.Library;
import dev.mayfly.env.library.RecentViews;
import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.TagName;
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
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A disk that is full to its last block, by our own content or by what others have put there. */
class FullDiskTest {
    private static final int MEBIBYTES = 128;
    private static final long RESERVE = 4 << 20;
    private static final TagName KEPT = TagName.parse("kept");
    private static final String USER = "somebody@somewhere";

    /** Ahead of the files, so that what is not named is old enough to go. */
    private static final Opening AHEAD = Opening.usual().with(Clock.offset(Clock.systemUTC(), Duration.ofHours(1)));

    @TempDir
    Path folder;

    private static List<Annotation> put(Ingest ingest, int seed, int files, int size) throws IOException {
        Random random = new Random(seed);
        List<Annotation> names = new ArrayList<>();
        for (int i = 0; i < files; i++) {
            byte[] content = new byte[size];
            random.nextBytes(content);
            Ingest.Written written = ingest.payload(new ByteArrayInputStream(content));
            names.add(new Annotation("file" + i, new Annotation.Stored(written.digest())));
        }
        return names;
    }

    private static Digest commit(FsRepository repository, int seed, int files, int size) throws IOException {
        try (Ingest ingest = repository.ingest()) {
            Digest layer = ingest.object(new Layer(Optional.empty(), put(ingest, seed, files, size)));
            ingest.publish();
            return layer;
        }
    }

    private static void assertWhole(FsRepository repository) {
        assertThat(new Check(1, true).run(repository, Check.tagged(repository)).faults())
                .isEmpty();
    }

    private static void assertRefused(ThrowingCallable commit) {
        assertThatThrownBy(commit).isInstanceOfSatisfying(MayflyException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NO_SPACE);
            assertThat(e.why()).contains("bytes");
            assertThat(e.fix()).contains("garbage");
        });
    }

    @ParameterizedTest
    @CsvSource({"ext4,FILES", "ext4,PACKS", "tmpfs,FILES", "tmpfs,PACKS"})
    void at_nothing_free_tags_are_pushed_and_garbage_goes_and_then_commits_work_again(String type, Keeping keeping)
            throws IOException {
        Needs.root();
        try (SmallDisk disk = SmallDisk.mount(folder, type, MEBIBYTES)) {
            Path root = disk.place().resolve("repository");
            Path reserve = root.resolve("mayfly/reserve");
            FsRepository.init(root, keeping);
            try (FsRepository repository = FsRepository.open(root, AHEAD)) {
                Digest kept = commit(repository, 1, 30, 9000);
                repository.tags().push(KEPT, kept, USER);
                Digest garbage = commit(repository, 2, 200, 100_000);
                disk.fill();
                assertThat(Files.size(reserve)).isEqualTo(RESERVE);

                assertRefused(() -> commit(repository, 3, 20, 100_000));
                assertThat(Files.size(reserve)).as("not for content").isEqualTo(RESERVE);

                repository.tags().push(TagName.parse("some/other/name"), kept, USER);
                Library library = new Library(
                        repository, new Resolver(List.of(repository), new SpecLoader()), USER, new RecentViews());
                library.tag(KEPT, garbage);
                repository.tags().remove(repository.tags().find(KEPT).orElseThrow());
                assertThat(repository.tags().find(KEPT).orElseThrow().target()).isEqualTo(kept);
                // What that gave back belongs to others by now.
                disk.fill();

                assertThat(new Collector(repository, Duration.ZERO, List::of)
                                .run()
                                .purged())
                        .isPositive();
                assertThat(repository.objects().has(garbage)).isFalse();
                Digest again = commit(repository, 4, 5, 100_000);
                repository.tags().push(TagName.parse("again"), again, USER);
                assertWhole(repository);
                disk.unfill();
            }
            FsRepository.open(root).close();
            assertThat(Files.size(reserve)).as("taken again").isEqualTo(RESERVE);
        }
    }

    @ParameterizedTest
    @CsvSource({"ext4,FILES", "ext4,PACKS"})
    void a_commit_that_is_killed_on_a_full_disk_has_eaten_nothing_of_the_reserve_and_is_swept(
            String type, Keeping keeping) throws Exception {
        Needs.root();
        try (SmallDisk disk = SmallDisk.mount(folder, type, MEBIBYTES)) {
            Path root = disk.place().resolve("repository");
            FsRepository.init(root, keeping);
            Digest kept;
            try (FsRepository repository = FsRepository.open(root)) {
                kept = commit(repository, 1, 30, 9000);
                repository.tags().push(KEPT, kept, USER);
            }
            Process commit = DyingCommit.start(root);
            try {
                assertThat(commit.inputReader().readLine()).isEqualTo(ErrorCode.NO_SPACE.name());
                disk.fill();
                assertThat(Files.size(root.resolve("mayfly/reserve"))).isEqualTo(RESERVE);
                try (FsRepository repository = FsRepository.open(root, AHEAD)) {
                    repository.tags().push(TagName.parse("meanwhile"), kept, USER);
                    new Collector(repository, Duration.ZERO, List::of).run();
                    assertWhole(repository);
                }
            } finally {
                commit.destroyForcibly().waitFor();
            }
            assertThat(disk.place().toFile().getUsableSpace()).isLessThan(1 << 20);
            try (FsRepository repository = FsRepository.open(root)) {
                assertThat(root.resolve("mayfly/ingests")).isEmptyDirectory();
                repository.tags().push(TagName.parse("later"), commit(repository, 5, 5, 100_000), USER);
                assertWhole(repository);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"ext4,FILES", "ext4,PACKS"})
    void who_fills_the_disk_by_commits_is_told_before_the_last_block_and_loses_nothing(String type, Keeping keeping)
            throws IOException {
        Needs.root();
        try (SmallDisk disk = SmallDisk.mount(folder, type, MEBIBYTES)) {
            Path root = disk.place().resolve("repository");
            FsRepository.init(root, keeping);
            try (FsRepository repository = FsRepository.open(root)) {
                List<Digest> committed = new ArrayList<>();
                assertRefused(() -> {
                    while (true) {
                        Digest layer = commit(repository, committed.size(), 10, 1_000_000);
                        repository.tags().push(TagName.parse("n" + committed.size()), layer, USER);
                        committed.add(layer);
                    }
                });
                assertThat(committed).hasSizeGreaterThan(3);
                assertThat(disk.place().toFile().getUsableSpace()).isGreaterThan(1 << 20);
                assertWhole(repository);
            }
        }
    }
}
