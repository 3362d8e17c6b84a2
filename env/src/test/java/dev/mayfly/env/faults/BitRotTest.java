package dev.mayfly.env.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.contract.MemoryFolder;
import dev.mayfly.env.fake.Graphs;
import dev.mayfly.env.fake.MemoryRepository;
import dev.mayfly.env.gc.Collector;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.pack.Kind;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.fs.FsRepository;
import dev.mayfly.env.repo.fs.Keeping;
import dev.mayfly.env.repo.fs.Opening;
import dev.mayfly.env.repo.fs.Store;
import dev.mayfly.env.sync.Check;
import dev.mayfly.env.sync.CheckReport;
import dev.mayfly.env.sync.Copier;
import dev.mayfly.env.sync.CopyListener;
import dev.mayfly.env.sync.CopyOptions;
import dev.mayfly.env.sync.Fault;
import dev.mayfly.env.sync.Wanted;
import dev.mayfly.testkit.Needs;
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
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Bits that a disk has changed: found before they are believed, and healed from another repository. */
class BitRotTest {
    private static final TagName NAME = TagName.parse("graph/a");

    @TempDir(factory = MemoryFolder.class)
    Path folder;

    private final MemoryRepository good = new MemoryRepository("good");
    private final Check deep = new Check(2, true);

    @BeforeEach
    void onLinux() {
        Needs.linux();
    }

    private FsRepository filled(Keeping keeping) {
        Path root = folder.resolve(keeping.word());
        FsRepository.init(root, keeping);
        new Graphs(3).into(good);
        FsRepository repository = FsRepository.open(root);
        new Copier(CopyOptions.USUAL, CopyListener.none()).copy(good, repository, List.of(Wanted.newest(NAME)));
        return repository;
    }

    private static List<Digest> payloads(Repository repository) {
        List<Digest> all = new ArrayList<>();
        repository.payloads().each(all::add);
        return all;
    }

    private static void flip(FileRange range) throws IOException {
        flip(range.file(), range.offset() + range.length() / 2);
    }

    private static void flip(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) (one.get(0) ^ 0x10)}), at);
        }
    }

    private static FileRange object(FsRepository repository, Digest digest) throws IOException {
        Store store = repository.store();
        Path file = store.files(Kind.OBJECT).path(digest);
        if (Files.exists(file)) {
            return new FileRange(file, 0, Files.size(file));
        }
        var found = store.packs().find(Kind.OBJECT, digest).orElseThrow();
        return new FileRange(
                found.pack().data(), found.entry().offset(), found.entry().length());
    }

    private static Digest read(Repository repository, Digest digest) throws IOException {
        Payload payload = repository.payloads().find(digest).orElseThrow();
        try (InputStream in = payload.open()) {
            return Digest.of(in.readAllBytes());
        }
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void a_payload_that_rotted_is_found_by_a_deep_check_never_copied_and_healed(Keeping keeping) throws IOException {
        try (FsRepository repository = filled(keeping)) {
            Digest bad = payloads(repository).stream()
                    .filter(each ->
                            repository.payloads().find(each).orElseThrow().size() > 0)
                    .findFirst()
                    .orElseThrow();
            flip(repository.payloads().find(bad).orElseThrow().range().orElseThrow());
            Map<Digest, String> roots = Check.tagged(repository);

            assertThat(deep.run(repository, roots).faults())
                    .extracting(Fault::kind, Fault::digest)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple(Fault.Kind.PAYLOAD_CORRUPT, bad));
            MemoryRepository other = new MemoryRepository("other");
            assertThatThrownBy(() -> new Copier(CopyOptions.USUAL, CopyListener.none())
                            .copy(repository, other, List.of(Wanted.newest(NAME))))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_CORRUPT));
            assertThat(other.payloads().has(bad)).isFalse();

            CheckReport healed = deep.heal(repository, good, roots);
            assertThat(healed.faults()).isEmpty();
            assertThat(healed.healed()).extracting(Fault::digest).containsExactly(bad);
            assertThat(read(repository, bad)).isEqualTo(bad);
        }
        staysWholeWhenGarbageIsCollected(keeping);
    }

    @ParameterizedTest
    @EnumSource(Keeping.class)
    void an_object_that_rotted_is_never_believed_ends_a_collection_and_is_healed(Keeping keeping) throws IOException {
        try (FsRepository repository = filled(keeping)) {
            Digest bad = repository.tags().find(NAME).orElseThrow().target();
            flip(object(repository, bad));
            assertThatThrownBy(() -> repository.objects().find(bad))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_CORRUPT));
            assertThatThrownBy(() -> new Collector(repository, Duration.ZERO, List::of).run())
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_CORRUPT));
            Map<Digest, String> roots = Check.tagged(repository);
            assertThat(deep.heal(repository, good, roots).faults()).isEmpty();
            assertThat(repository.objects().find(bad)).isPresent();
        }
        staysWholeWhenGarbageIsCollected(keeping);
    }

    @Test
    void what_replaces_rotten_content_is_found_first_though_the_clock_was_set_back() throws IOException {
        Digest bad;
        try (FsRepository repository = filled(Keeping.PACKS)) {
            bad = payloads(repository).stream()
                    .filter(each ->
                            repository.payloads().find(each).orElseThrow().size() > 0)
                    .findFirst()
                    .orElseThrow();
            flip(repository.payloads().find(bad).orElseThrow().range().orElseThrow());
        }
        Clock wrong = Clock.offset(Clock.systemUTC(), Duration.ofDays(-1000));
        try (FsRepository repository = FsRepository.open(
                folder.resolve(Keeping.PACKS.word()), Opening.usual().with(wrong))) {
            assertThat(deep.heal(repository, good, Check.tagged(repository)).faults())
                    .isEmpty();
            assertThat(read(repository, bad)).isEqualTo(bad);
        }
    }

    @Test
    void a_pack_whose_index_rotted_is_missing_the_others_are_served_and_nothing_is_collected() throws IOException {
        Path index;
        try (FsRepository repository = filled(Keeping.PACKS)) {
            Digest payload = payloads(repository).getFirst();
            index = repository
                    .store()
                    .packs()
                    .find(Kind.PAYLOAD, payload)
                    .orElseThrow()
                    .pack()
                    .indexFile();
        }
        flip(index, 40);
        try (FsRepository repository = FsRepository.open(folder.resolve(Keeping.PACKS.word()))) {
            Map<Digest, String> roots = Check.tagged(repository);
            assertThat(deep.run(repository, roots).faults())
                    .isNotEmpty()
                    .extracting(Fault::kind)
                    .containsOnly(Fault.Kind.PAYLOAD_MISSING);
            assertThatThrownBy(() -> new Collector(repository, Duration.ZERO, List::of).run())
                    .isInstanceOfSatisfying(MayflyException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_CORRUPT);
                        assertThat(e.why()).contains(index.toString());
                    });
            assertThat(deep.heal(repository, good, roots).faults()).isEmpty();
        }
        Files.delete(index);
        staysWholeWhenGarbageIsCollected(Keeping.PACKS);
    }

    private void staysWholeWhenGarbageIsCollected(Keeping keeping) {
        Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));
        try (FsRepository repository = FsRepository.open(
                folder.resolve(keeping.word()), Opening.usual().with(ahead))) {
            new Collector(repository, Duration.ZERO, List::of).run();
            new Collector(repository, Duration.ZERO, List::of).run();
            assertThat(deep.run(repository, Check.tagged(repository)).faults()).isEmpty();
        }
    }
}
