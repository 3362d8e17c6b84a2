package dev.mayfly.env.repo.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.codec.ObjectCodec;
import dev.mayfly.env.fake.Graphs;
import dev.mayfly.env.fake.MemoryRepository;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.s3.HostileStore.Fault;
import dev.mayfly.env.sync.Copier;
import dev.mayfly.env.sync.CopyListener;
import dev.mayfly.env.sync.CopyOptions;
import dev.mayfly.env.sync.References;
import dev.mayfly.env.sync.Wanted;
import dev.mayfly.testkit.s3.S3Server;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a repository does when its store is slow, broken, or lies. */
@Timeout(60)
class S3FaultsTest {
    private static final TagName NAME = TagName.parse("tools/base");
    private static final List<Wanted> ALL =
            List.of(Wanted.history(TagName.parse("graph/a")), Wanted.history(TagName.parse("graph/b")));
    private static final String USER = "somebody@somewhere";
    private static final int TRIES = 4;

    @TempDir
    Path temp;

    private HostileStore store;
    private S3Options options;
    private Repository repository;

    @BeforeEach
    void open() throws IOException {
        store = new HostileStore();
        options = Stores.options(temp)
                .with(Stores.impatient(Duration.ofSeconds(5), TRIES))
                .with(new S3Options.Sizes(5 * Stores.MIB, 1000, 4000, 4000));
        S3Repository.init(Stores.at(store.port(), ""), options, Stores.key());
        repository = S3Repository.open(Stores.at(store.port(), ""), options, Stores.key());
        store.forgetAsked();
    }

    @AfterEach
    void close() {
        repository.close();
        store.close();
    }

    private Digest put(byte[] content) {
        try (Ingest ingest = repository.ingest()) {
            Digest digest = ingest.payload(new ByteArrayInputStream(content)).digest();
            ingest.publish();
            return digest;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private byte[] read(Digest digest) throws IOException {
        try (InputStream in = repository.payloads().find(digest).orElseThrow().open()) {
            return in.readAllBytes();
        }
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static boolean isGet(String method, String key) {
        return method.equals("GET") && key.startsWith("payloads/");
    }

    private static MayflyException fails(ErrorCode code, ThrowingCallable call) {
        MayflyException failure = catchThrowableOfType(MayflyException.class, call);
        assertThat(failure).isNotNull();
        assertThat(failure.code()).as(failure.toString()).isEqualTo(code);
        String words = failure.what() + failure.why() + failure.fix();
        assertThat(failure.fix()).isNotBlank();
        assertThat(words).doesNotContain(S3Server.SECRET_KEY).doesNotContainPattern("\\p{Cc}");
        return failure;
    }

    /** Reading streams fails with what ours caused. */
    private static void failsWithin(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(IOException.class)
                .cause()
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void an_answer_that_is_cut_off_is_asked_for_again() throws IOException {
        byte[] content = bytes(4500);
        Digest digest = put(content);
        store.fault(Fault.CUT_OFF, TRIES - 1, S3FaultsTest::isGet);
        assertThat(read(digest)).isEqualTo(content);
    }

    @Test
    void answers_that_are_always_cut_off_end_after_so_many_tries() {
        Digest digest = put(bytes(900));
        store.fault(Fault.CUT_OFF, 1000, S3FaultsTest::isGet);
        failsWithin(ErrorCode.REMOTE_UNREACHABLE, () -> read(digest));
        assertThat(store.asked().stream().filter(each -> each.startsWith("GET payloads/")))
                .hasSize(TRIES);
    }

    @Test
    void wrong_bytes_never_pass_for_a_payload_or_an_object() {
        Digest digest = put(bytes(2500));
        store.fault(Fault.WRONG_BYTES, 1, S3FaultsTest::isGet);
        assertThatThrownBy(() -> read(digest)).hasMessageContaining("should be " + digest);

        MemoryRepository source = new MemoryRepository("source");
        Digest top = new Graphs(1).into(source);
        try (Ingest ingest = repository.ingest()) {
            ingest.object(source.objects().find(top).orElseThrow());
            ingest.publish();
        }
        store.fault(Fault.WRONG_BYTES, 1, (method, key) -> method.equals("GET") && key.startsWith("objects/"));
        fails(ErrorCode.CONTENT_CORRUPT, () -> repository.objects().find(top));
    }

    @Test
    void a_content_that_is_wrong_in_the_store_is_not_copied() {
        MemoryRepository source = new MemoryRepository("source");
        new Graphs(1).into(source);
        copy(source, repository);
        store.contents().forEach((key, content) -> {
            if (key.startsWith("payloads/") && content.length > 0) {
                content[0] ^= 1;
                store.set(key, content);
            }
        });
        MemoryRepository target = new MemoryRepository("target");
        fails(ErrorCode.CONTENT_CORRUPT, () -> copy(repository, target));
        assertThat(target.size()).isZero();
    }

    private static void copy(Repository from, Repository to) {
        new Copier(CopyOptions.USUAL, CopyListener.none()).copy(from, to, ALL);
    }

    @Test
    void a_part_that_is_not_the_one_that_was_asked_for_is_refused() {
        Digest digest = put(bytes(2500));
        store.fault(Fault.WHOLE, 1, S3FaultsTest::isGet);
        failsWithin(ErrorCode.CONTENT_CORRUPT, () -> read(digest));
    }

    @Test
    void a_busy_store_is_asked_again_and_not_for_ever() {
        store.fault(Fault.BUSY, TRIES - 1, (method, _) -> method.equals("PUT"));
        Digest digest = put(bytes(10));
        assertThat(repository.payloads().has(digest)).isTrue();
        store.behave();
        store.forgetAsked();
        store.fault(Fault.BUSY, 1000, (_, _) -> true);
        MayflyException failure =
                fails(ErrorCode.REMOTE_UNREACHABLE, () -> repository.tags().find(NAME));
        assertThat(failure.why()).contains("503 SlowDown").contains("tried " + TRIES + " times");
        assertThat(store.asked()).hasSize(TRIES);
        // A storm: the client has a budget for all tries together, so that it does not make things worse.
        store.forgetAsked();
        for (int i = 0; i < 60; i++) {
            fails(ErrorCode.REMOTE_UNREACHABLE, () -> repository.objects().has(digest));
        }
        assertThat(store.asked()).hasSizeLessThan(60 * TRIES);
    }

    @Test
    void a_store_that_says_nothing_or_a_byte_now_and_then_is_given_up() {
        Digest digest = put(bytes(900));
        S3Options hasty = options.with(Stores.impatient(Duration.ofMillis(400), TRIES));
        repository.close();
        repository = S3Repository.open(Stores.at(store.port(), ""), hasty, Stores.key());
        for (Fault each : List.of(Fault.SILENT, Fault.TRICKLE)) {
            store.fault(each, 1000, S3FaultsTest::isGet);
            long begun = System.nanoTime();
            failsWithin(ErrorCode.REMOTE_UNREACHABLE, () -> read(digest));
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
            store.behave();
        }
    }

    @Test
    void a_store_that_says_no_is_not_asked_again() {
        store.fault(Fault.DENIED, 1000, (_, _) -> true);
        assertThat(fails(
                                ErrorCode.REPOSITORY_UNSUITABLE,
                                () -> repository.tags().find(NAME))
                        .why())
                .contains("403 AccessDenied: not you");
        assertThat(store.asked()).hasSize(1);
        fails(ErrorCode.REPOSITORY_UNSUITABLE, () -> repository.objects().has(Digest.EMPTY));
        fails(ErrorCode.REPOSITORY_UNSUITABLE, repository::ingest);
    }

    @Test
    void a_page_for_people_is_no_repository() {
        store.fault(Fault.PAGE, 1000, (_, _) -> true);
        assertThatThrownBy(() -> S3Repository.open(Stores.at(store.port(), ""), options, Stores.key()))
                .isInstanceOf(MayflyException.class);
        assertThatThrownBy(() -> repository.tags().each("", _ -> {})).isInstanceOf(MayflyException.class);
    }

    @Test
    void a_store_without_conditional_writes_is_refused_before_anything_is_written() {
        List<Runnable> kinds = List.of(
                store::ignoreConditions, () -> store.fault(Fault.NOT_BUILT, 1000, (method, _) -> method.equals("PUT")));
        for (Runnable kind : kinds) {
            Map<String, byte[]> before = store.contents();
            kind.run();
            for (ThrowingCallable write : List.<ThrowingCallable>of(
                    repository::ingest,
                    () -> repository.tags().push(NAME, Digest.EMPTY, USER),
                    () -> S3Repository.init(Stores.at(store.port(), "other"), options, Stores.key()))) {
                assertThat(fails(ErrorCode.REPOSITORY_UNSUITABLE, write).why()).contains("If-Match");
            }
            store.behave();
            assertThat(store.contents().keySet()).containsAll(before.keySet());
            assertThat(store.contents().keySet()).allMatch(key -> key.endsWith("VERSION"));
        }
        repository.tags().push(NAME, Digest.EMPTY, USER);
    }

    @Test
    void a_push_whose_answer_is_lost_counts_once() {
        repository.tags().push(NAME, Digest.of(bytes(1)), USER);
        store.fault(Fault.LOST_ANSWER, 1, (method, key) -> method.equals("PUT") && key.startsWith("tags/"));
        Tag second = repository.tags().push(NAME, Digest.of(bytes(2)), USER);
        assertThat(repository.tags().history(NAME)).hasSize(2);
        store.fault(Fault.LOST_ANSWER, 1, (method, key) -> method.equals("PUT") && key.startsWith("tags/"));
        Digest expected = dev.mayfly.env.codec.TagCodec.digest(second);
        assertThat(repository.tags().push(NAME, Digest.of(bytes(3)), USER, expected))
                .as("compare and set that was carried out")
                .isPresent();
        assertThat(repository.tags().history(NAME)).hasSize(3);
        store.fault(Fault.LOST_ANSWER, 1, (method, key) -> method.equals("PUT") && key.startsWith("tags/"));
        assertThat(repository.tags().remove(second)).isTrue();
        assertThat(repository.tags().history(NAME)).hasSize(2);
    }

    @Test
    void an_upload_whose_answer_is_lost_is_done_again() throws IOException {
        store.fault(Fault.LOST_ANSWER, 2, (method, key) -> method.equals("PUT") && key.startsWith("payloads/"));
        byte[] content = bytes(3000);
        assertThat(read(put(content))).isEqualTo(content);
    }

    @Test
    void whenever_a_publishing_breaks_off_everything_that_is_there_is_whole() {
        MemoryRepository source = new MemoryRepository("source");
        new Graphs(7).into(source);
        Set<Digest> blobs = new HashSet<>();
        source.objects().each(each -> {
            if (source.payloads().has(each)) {
                blobs.add(each);
            }
        });
        assertThat(blobs).isNotEmpty();
        int broken = 0;
        for (int after = 0; after < 200; after += 3) {
            try (HostileStore other = new HostileStore()) {
                S3Repository.init(Stores.at(other.port(), ""), options, Stores.key());
                AtomicInteger left = new AtomicInteger(after);
                try (Repository target = S3Repository.open(Stores.at(other.port(), ""), options, Stores.key())) {
                    other.fault(
                            Fault.DENIED,
                            1000,
                            (method, key) ->
                                    method.equals("PUT") && !key.equals("VERSION") && left.decrementAndGet() < 0);
                    boolean whole = true;
                    try {
                        copy(source, target);
                    } catch (MayflyException e) {
                        whole = false;
                        broken++;
                    }
                    requireClosed(other, blobs);
                    if (whole) {
                        break;
                    }
                    assertThat(other.contents().keySet().stream().filter(key -> key.startsWith("tags/graph/b")))
                            .as("the tag that is pushed last")
                            .isEmpty();
                    other.behave();
                    copy(source, target);
                    MemoryRepository back = new MemoryRepository("back");
                    copy(target, back);
                    assertThat(back.content()).isEqualTo(source.content());
                }
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
        assertThat(broken).isBetween(6, 66);
    }

    /** Every object in the store has below it what it names, and what SPFS looks for with that. */
    private static void requireClosed(HostileStore store, Set<Digest> blobs) {
        Map<String, byte[]> there = store.contents();
        there.forEach((key, content) -> {
            if (key.startsWith("objects/")) {
                References references =
                        References.of(ObjectCodec.decode(content).object());
                references.objects().forEach(each -> assertThat(there).containsKey(Keys.object(each)));
                references.payloads().keySet().forEach(each -> assertThat(there).containsKey(Keys.payload(each)));
                references.payloads().keySet().stream()
                        .filter(blobs::contains)
                        .forEach(each -> assertThat(there).containsKey(Keys.object(each)));
            }
        });
    }

    @Test
    void lists_come_page_by_page_and_one_without_end_is_refused() {
        List<Digest> written = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            written.add(put(bytes(i)));
        }
        store.set("payloads/no-digest", new byte[1]);
        List<Digest> found = new ArrayList<>();
        repository.payloads().each(found::add);
        assertThat(found).containsExactlyInAnyOrderElementsOf(written);
        store.listWithoutEnd();
        fails(ErrorCode.CONTENT_CORRUPT, () -> repository.payloads().each(_ -> {}));
    }

    @Test
    void what_is_too_large_is_not_read_into_memory() {
        Digest digest = Digest.of(bytes(1));
        store.set(Keys.object(digest), bytes(4001));
        fails(ErrorCode.CONTENT_CORRUPT, () -> repository.objects().find(digest));
        assertThat(store.asked()).hasSize(1);
        store.set(Keys.stream(NAME), bytes(4001));
        fails(ErrorCode.CONTENT_CORRUPT, () -> repository.tags().find(NAME));
    }

    @Test
    void a_stream_of_tags_that_is_none_is_said_so_and_not_overwritten() {
        byte[] nonsense = "not a stream of tags".getBytes(StandardCharsets.UTF_8);
        store.set(Keys.stream(NAME), nonsense);
        fails(ErrorCode.CONTENT_CORRUPT, () -> repository.tags().push(NAME, Digest.EMPTY, USER));
        assertThat(store.contents().get(Keys.stream(NAME))).isEqualTo(nonsense);
    }

    @Test
    void making_a_repository_whose_answer_is_lost_makes_it() {
        store.fault(Fault.LOST_ANSWER, 1, (method, key) -> method.equals("PUT") && key.equals("new/VERSION"));
        S3Repository.init(Stores.at(store.port(), "new"), options, Stores.key());
        S3Repository.open(Stores.at(store.port(), "new"), options, Stores.key()).close();
    }

    @Test
    void another_version_is_not_opened() {
        store.set(Keys.VERSION, "1000.0.0".getBytes(StandardCharsets.UTF_8));
        fails(
                ErrorCode.REPOSITORY_UNSUITABLE,
                () -> S3Repository.open(Stores.at(store.port(), ""), options, Stores.key()));
    }
}
