package dev.mayfly.env.gc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Held;
import dev.mayfly.env.repo.fs.Keeping;
import dev.mayfly.env.repo.fs.Lease;
import dev.mayfly.env.repo.fs.Opening;
import dev.mayfly.env.repo.fs.Steps;
import dev.mayfly.env.spec.Resolver;
import dev.mayfly.env.spec.SpecLoader;
import dev.mayfly.testkit.Needs;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CollectorTest {
    private static final Duration GRACE = Duration.ofDays(1);
    private static final String USER = "somebody@somewhere";

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    @BeforeEach
    void onLinux() {
        Needs.linux();
    }

    private FsRepository open(Keeping keeping, Duration later) {
        Path root = folder.resolve(keeping.word());
        if (!root.toFile().exists()) {
            FsRepository.init(root, keeping);
        }
        Clock clock = Clock.fixed(Instant.now().plus(later), ZoneOffset.UTC);
        return FsRepository.open(root, Opening.usual().with(clock));
    }

    private static byte[] content(int seed) {
        byte[] content = new byte[10_000];
        new Random(seed).nextBytes(content);
        return content;
    }

    private record Committed(Digest layer, List<Digest> payloads) {}

    private static Committed commit(FsRepository repository, int... seeds) throws IOException {
        List<Digest> payloads = new ArrayList<>();
        List<Entry> entries = new ArrayList<>();
        try (Ingest ingest = repository.ingest()) {
            for (int seed : seeds) {
                Ingest.Written written = ingest.payload(new ByteArrayInputStream(content(seed)));
                payloads.add(written.digest());
                entries.add(
                        Entry.blob(RawName.of("f" + seed), FileMode.REGULAR | 0644, written.digest(), written.size()));
            }
            Digest manifest = ingest.object(Manifest.of(List.of(Tree.of(entries))));
            Digest layer = ingest.object(Layer.of(manifest));
            ingest.publish();
            return new Committed(layer, payloads);
        }
    }

    private static void assertWhole(FsRepository repository, Committed committed) throws IOException {
        assertThat(repository.objects().find(committed.layer())).isPresent();
        for (Digest each : committed.payloads()) {
            try (InputStream in = repository.payloads().find(each).orElseThrow().open()) {
                assertThat(Digest.of(in.readAllBytes())).isEqualTo(each);
            }
        }
    }

    private static CollectReport collect(FsRepository repository) {
        return new Collector(repository, GRACE, List::of).run();
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void what_no_tag_reaches_goes_to_the_trash_and_later_for_good(Keeping keeping) throws IOException {
        Committed kept;
        Committed gone;
        try (FsRepository now = open(keeping, Duration.ZERO)) {
            kept = commit(now, 1, 2);
            gone = commit(now, 2, 3);
            now.tags().push(TagName.parse("kept"), kept.layer(), USER);
            collect(now);
            assertWhole(now, gone);
        }
        try (FsRepository later = open(keeping, Duration.ofDays(2))) {
            CollectReport report = collect(later);
            assertThat(report.discarded() + report.packs()).isPositive();
            assertThat(later.objects().find(gone.layer()))
                    .as("still found in the trash")
                    .isPresent();
            assertWhole(later, kept);
        }
        try (FsRepository muchLater = open(keeping, Duration.ofDays(4))) {
            assertThat(collect(muchLater).purged()).isPositive();
            assertThat(muchLater.objects().find(gone.layer())).isEmpty();
            assertThat(muchLater.payloads().has(gone.payloads().getLast())).isFalse();
            assertWhole(muchLater, kept);
        }
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void content_in_the_trash_comes_back_when_it_is_written_again_or_tagged(Keeping keeping) throws IOException {
        Committed written;
        Committed tagged;
        try (FsRepository now = open(keeping, Duration.ZERO)) {
            written = commit(now, 1, 2);
            tagged = commit(now, 3, 4);
        }
        try (FsRepository later = open(keeping, Duration.ofDays(2))) {
            collect(later);
            assertThat(commit(later, 1, 2)).isEqualTo(written);
            later.tags().push(TagName.parse("written"), written.layer(), USER);
            later.tags(Optional.of("space")).push(TagName.parse("tagged"), tagged.layer(), USER);
        }
        try (FsRepository muchLater = open(keeping, Duration.ofDays(4))) {
            assertThat(collect(muchLater).revived()).isPositive();
            assertWhole(muchLater, written);
            assertWhole(muchLater, tagged);
            assertThat(muchLater.tags().history(TagName.parse("tagged"))).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void a_tag_of_a_namespace_within_another_keeps_what_it_names(Keeping keeping) throws IOException {
        Committed tagged;
        try (FsRepository now = open(keeping, Duration.ZERO)) {
            tagged = commit(now, 1, 2);
            now.tags(Optional.of("outer/inner")).push(TagName.parse("it"), tagged.layer(), USER);
            assertThat(folder.resolve(keeping.word()).resolve("tags/outer#ns/inner#ns/it.tag"))
                    .exists();
        }
        for (int days : new int[] {2, 4}) {
            try (FsRepository later = open(keeping, Duration.ofDays(days))) {
                collect(later);
                assertWhole(later, tagged);
                assertThat(later.namespaces()).containsExactlyInAnyOrder("outer", "outer/inner");
                assertThat(later.tags().find(TagName.parse("it"))).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void a_lease_keeps_all_that_its_content_names_until_it_is_closed(Keeping keeping) throws IOException {
        Committed committed;
        try (FsRepository now = open(keeping, Duration.ZERO)) {
            committed = commit(now, 1, 2);
        }
        try (FsRepository later = open(keeping, Duration.ofDays(2))) {
            try (Lease lease = later.lease()) {
                lease.keep(Kind.OBJECT, committed.layer());
                assertThat(collect(later))
                        .extracting(CollectReport::discarded, CollectReport::packs)
                        .containsExactly(0L, 0L);
            }
            CollectReport report = collect(later);
            assertThat(report.discarded() + report.packs()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void what_a_runtime_shows_stays(Keeping keeping) throws IOException {
        Committed committed;
        try (FsRepository now = open(keeping, Duration.ZERO)) {
            committed = commit(now, 1, 2);
        }
        try (FsRepository later = open(keeping, Duration.ofDays(2))) {
            CollectReport report = new Collector(later, GRACE, () -> List.of(committed.layer())).run();
            assertThat(report.discarded() + report.packs()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Keeping.class, names = "PACKS")
    void a_pack_of_which_little_is_live_is_rewritten(Keeping keeping) throws IOException {
        Committed little;
        try (FsRepository now = open(keeping, Duration.ZERO)) {
            try (Ingest ingest = now.ingest()) {
                for (int seed = 10; seed < 30; seed++) {
                    ingest.payload(new ByteArrayInputStream(content(seed)));
                }
                ingest.payload(new ByteArrayInputStream(content(1)));
                ingest.publish();
            }
            little = commit(now, 1);
            now.tags().push(TagName.parse("little"), little.layer(), USER);
        }
        try (FsRepository later = open(keeping, Duration.ofDays(2))) {
            assertThat(collect(later).rewritten()).isEqualTo(1);
            assertWhole(later, little);
        }
        try (FsRepository muchLater = open(keeping, Duration.ofDays(4))) {
            assertThat(collect(muchLater).purged()).isPositive();
            assertWhole(muchLater, little);
            assertThat(muchLater.payloads().has(Digest.of(content(10)))).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void what_went_for_good_is_not_there_for_who_saw_it_in_the_trash(Keeping keeping) throws IOException {
        Committed gone;
        try (FsRepository now = open(keeping, Duration.ZERO)) {
            gone = commit(now, 1, 2);
        }
        Digest payload = gone.payloads().getFirst();
        try (FsRepository later = open(keeping, Duration.ofDays(2));
                FsRepository reader = open(keeping, Duration.ofDays(2))) {
            collect(later);
            assertThat(reader.payloads().has(payload)).isTrue();
            assertThat(reader.objects().has(gone.layer())).isTrue();
            try (FsRepository muchLater = open(keeping, Duration.ofDays(4))) {
                assertThat(collect(muchLater).purged()).isPositive();
            }
            assertThat(reader.payloads().has(payload)).isFalse();
            assertThat(reader.objects().has(gone.layer())).isFalse();
            try (Ingest ingest = reader.ingest()) {
                assertThat(ingest.keepsObject(gone.layer())).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void what_a_tag_is_about_to_name_is_not_collected_between_the_look_and_the_tag(Keeping keeping) throws IOException {
        Committed found;
        try (FsRepository now = open(keeping, Duration.ZERO)) {
            found = commit(now, 1, 2);
        }
        // All of it at once, at each step of who gives the tag.
        Clock later = Clock.fixed(Instant.now().plus(Duration.ofDays(2)), ZoneOffset.UTC);
        Steps collecting = _ -> {
            try (FsRepository other = open(keeping, Duration.ofDays(2))) {
                new Collector(other, Duration.ZERO, List::of).run();
            }
        };
        List<String> steps = new ArrayList<>();
        for (int at = 0; at <= steps.size(); at++) {
            int wanted = at;
            steps.clear();
            Steps once = step -> {
                if (steps.size() == wanted) {
                    collecting.before(step);
                }
                steps.add(step);
            };
            try (FsRepository tagging = FsRepository.open(
                    folder.resolve(keeping.word()), Opening.usual().with(later).with(once))) {
                Library library =
                        new Library(tagging, new Resolver(List.of(tagging), new SpecLoader()), USER, new RecentViews());
                TagName name = TagName.parse("given" + at);
                try {
                    library.tag(name, found.layer());
                    assertWhole(tagging, found);
                    tagging.tags().removeAll(name);
                } catch (MayflyException e) {
                    assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_MISSING);
                    assertThat(tagging.tags().find(name)).isEmpty();
                    try (FsRepository again = open(keeping, Duration.ZERO)) {
                        assertThat(commit(again, 1, 2)).isEqualTo(found);
                    }
                }
            }
        }
        assertThat(steps).hasSizeGreaterThan(4);
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void of_two_who_collect_the_second_is_refused(Keeping keeping) throws IOException {
        try (FsRepository repository = open(keeping, Duration.ZERO);
                Held _ = repository.collectorLock().collect().orElseThrow()) {
            assertThatThrownBy(() -> collect(repository))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFLICT));
        }
    }
}
