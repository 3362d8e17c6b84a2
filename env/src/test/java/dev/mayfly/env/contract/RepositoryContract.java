package dev.mayfly.env.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Repository;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every repository that is written to must do. Subclasses say how one is opened; each test has its own. */
public abstract class RepositoryContract {
    private static final String USER = "somebody@somewhere";

    /** Larger than any buffer and any limit of what counts as a small file. */
    private static final int LARGE = (3 << 20) + 4321;

    private Repository repository;

    /** The repository of the running test; empty when it is opened first, the same place each time. */
    protected abstract Repository open() throws IOException;

    /** Whether what was written is there when it is closed and opened again. */
    protected boolean keeps() {
        return true;
    }

    @BeforeEach
    final void openRepository() throws IOException {
        repository = open();
    }

    @AfterEach
    final void closeRepository() {
        repository.close();
    }

    protected final Repository repository() {
        return repository;
    }

    private void reopen() throws IOException {
        if (keeps()) {
            repository.close();
            repository = open();
        }
    }

    protected static byte[] bytes(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    protected static EnvObject layer(String note) {
        return new Layer(Optional.empty(), List.of(new Annotation("note", new Annotation.Inline(note))));
    }

    private Digest put(byte[] content) throws IOException {
        try (Ingest ingest = repository.ingest()) {
            Ingest.Written written = ingest.payload(new ByteArrayInputStream(content));
            ingest.publish();
            return written.digest();
        }
    }

    private Digest put(EnvObject object) {
        try (Ingest ingest = repository.ingest()) {
            Digest digest = ingest.object(object);
            ingest.publish();
            return digest;
        }
    }

    private byte[] read(Digest digest) throws IOException {
        Payload payload = repository.payloads().find(digest).orElseThrow();
        try (InputStream in = payload.open()) {
            byte[] read = in.readAllBytes();
            assertThat(payload.size()).isEqualTo(read.length);
            return read;
        }
    }

    private static List<Digest> all(Consumer<Consumer<Digest>> each) {
        List<Digest> all = new ArrayList<>();
        each.accept(all::add);
        return all;
    }

    @Test
    void payloads_of_all_sizes_come_back_as_they_went_in() throws IOException {
        List<Digest> digests = new ArrayList<>();
        List<byte[]> contents = new ArrayList<>();
        for (int size : new int[] {0, 1, 4095, 4096, 4097, 128 << 10, (128 << 10) + 1, LARGE}) {
            contents.add(bytes(size, size));
        }
        try (Ingest ingest = repository.ingest()) {
            for (byte[] each : contents) {
                Ingest.Written written = ingest.payload(new ByteArrayInputStream(each));
                assertThat(written).isEqualTo(new Ingest.Written(Digest.of(each), each.length));
                digests.add(written.digest());
            }
            ingest.publish();
        }
        reopen();
        for (int i = 0; i < digests.size(); i++) {
            assertThat(read(digests.get(i))).isEqualTo(contents.get(i));
            assertThat(repository.payloads().has(digests.get(i))).isTrue();
        }
        assertThat(all(repository.payloads()::each)).containsExactlyInAnyOrderElementsOf(digests);
    }

    @Test
    void where_a_payload_lies_on_this_machine_are_its_bytes() throws IOException {
        byte[] content = bytes(7, 5000);
        Payload payload = repository.payloads().find(put(content)).orElseThrow();
        if (payload.range().isPresent()) {
            FileRange range = payload.range().orElseThrow();
            assertThat(range.offset() % 4096).as("offset in a pack").isZero();
            assertThat(range.length()).isEqualTo(content.length);
            ByteBuffer read = ByteBuffer.allocate(content.length);
            try (FileChannel file = FileChannel.open(range.file())) {
                file.read(read, range.offset());
            }
            assertThat(read.array()).isEqualTo(content);
        }
    }

    @Test
    void the_same_payload_and_object_are_kept_once() throws IOException {
        byte[] content = bytes(1, 9000);
        Digest digest = put(content);
        assertThat(put(content)).isEqualTo(digest);
        try (Ingest ingest = repository.ingest()) {
            ingest.payload(new ByteArrayInputStream(content));
            ingest.payload(new ByteArrayInputStream(bytes(1, LARGE)));
            ingest.payload(new ByteArrayInputStream(bytes(1, LARGE)));
            ingest.object(layer("twice"));
            ingest.object(layer("twice"));
            ingest.publish();
        }
        put(layer("twice"));
        assertThat(all(repository.payloads()::each)).containsExactlyInAnyOrder(digest, Digest.of(bytes(1, LARGE)));
        assertThat(all(repository.objects()::each)).hasSize(1);
        assertThat(read(digest)).isEqualTo(content);
    }

    @Test
    void nothing_is_there_before_it_is_published_or_when_it_never_is() throws IOException {
        Digest payload = Digest.of(bytes(3, 100));
        Ingest ingest = repository.ingest();
        ingest.payload(new ByteArrayInputStream(bytes(3, 100)));
        Digest object = ingest.object(layer("given up"));
        assertThat(repository.payloads().has(payload)).isFalse();
        assertThat(repository.objects().has(object)).isFalse();
        ingest.close();
        ingest.close();
        reopen();
        assertThat(repository.payloads().find(payload)).isEmpty();
        assertThat(repository.objects().find(object)).isEmpty();
        assertThat(all(repository.payloads()::each)).isEmpty();
    }

    @Test
    void content_that_is_not_what_it_should_be_is_refused_and_leaves_nothing() throws IOException {
        for (int size : new int[] {10, LARGE}) {
            Digest expected = Digest.of(bytes(1, size));
            try (Ingest ingest = repository.ingest()) {
                assertThatThrownBy(() -> ingest.payload(expected, new ByteArrayInputStream(bytes(2, size))))
                        .isInstanceOfSatisfying(
                                MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_CORRUPT));
                ingest.payload(Digest.of(bytes(9, size)), new ByteArrayInputStream(bytes(9, size)));
                ingest.publish();
            }
            assertThat(repository.payloads().has(expected)).isFalse();
            assertThat(repository.payloads().has(Digest.of(bytes(2, size)))).isFalse();
            assertThat(read(Digest.of(bytes(9, size)))).isEqualTo(bytes(9, size));
        }
    }

    @Test
    void a_stream_that_breaks_leaves_nothing_and_the_ingest_goes_on() throws IOException {
        try (Ingest ingest = repository.ingest()) {
            assertThatThrownBy(() -> ingest.payload(new BreakingStream(LARGE)));
            assertThatThrownBy(() -> ingest.payload(new BreakingStream(17)));
            ingest.payload(new ByteArrayInputStream(bytes(5, LARGE)));
            ingest.publish();
        }
        assertThat(all(repository.payloads()::each)).containsExactly(Digest.of(bytes(5, LARGE)));
        assertThat(read(Digest.of(bytes(5, LARGE)))).isEqualTo(bytes(5, LARGE));
    }

    @Test
    void objects_keep_their_bytes_and_digest_when_they_are_copied() throws IOException {
        Digest layer = put(layer("copied"));
        Digest platform = put(new Platform(List.of(layer)));
        Encoded found = repository.objects().find(platform).orElseThrow();
        assertThat(found.digest()).isEqualTo(platform);
        try (Ingest ingest = repository.ingest()) {
            ingest.object(found);
            ingest.publish();
        }
        reopen();
        assertThat(repository.objects().find(platform).orElseThrow().bytes()).isEqualTo(found.bytes());
        assertThat(all(repository.objects()::each)).containsExactlyInAnyOrder(layer, platform);
    }

    @Test
    void an_object_under_a_digest_that_is_not_its_own_is_refused() {
        Encoded good = repository.objects().find(put(layer("good"))).orElseThrow();
        Digest other = Digest.of(bytes(1, 1));
        try (Ingest ingest = repository.ingest()) {
            assertThatThrownBy(() -> ingest.object(new Encoded(other, good.bytes())))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_CORRUPT));
            assertThatThrownBy(() -> ingest.object(new Encoded(other, bytes(1, 40))))
                    .isInstanceOfSatisfying(
                            MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_CORRUPT));
            ingest.publish();
        }
        assertThat(repository.objects().has(other)).isFalse();
    }

    @Test
    void several_threads_write_one_ingest_together() throws Exception {
        Set<Digest> written = new HashSet<>();
        try (Ingest ingest = repository.ingest()) {
            List<Callable<Digest>> work = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                byte[] content = bytes(i % 50, i % 10 == 0 ? 300_000 : 3000);
                work.add(() -> ingest.payload(new ByteArrayInputStream(content)).digest());
            }
            written.addAll(together(work));
            ingest.publish();
        }
        reopen();
        assertThat(new HashSet<>(all(repository.payloads()::each))).isEqualTo(written);
        for (Digest each : written) {
            assertThat(Digest.of(read(each))).isEqualTo(each);
        }
    }

    @Test
    void two_ingests_of_the_same_content_both_succeed() throws IOException {
        byte[] content = bytes(4, LARGE);
        try (Ingest one = repository.ingest();
                Ingest other = repository.ingest()) {
            one.payload(new ByteArrayInputStream(content));
            other.payload(new ByteArrayInputStream(content));
            one.publish();
            other.publish();
        }
        assertThat(read(Digest.of(content))).isEqualTo(content);
        assertThat(all(repository.payloads()::each)).containsExactly(Digest.of(content));
    }

    @Test
    void nothing_can_be_added_after_publishing() throws IOException {
        try (Ingest ingest = repository.ingest()) {
            ingest.publish();
            assertThatThrownBy(() -> ingest.payload(new ByteArrayInputStream(new byte[1])))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void a_tag_names_the_newest_and_its_history_goes_back_to_the_first() throws IOException {
        TagName name = TagName.parse("tools/compiler");
        Digest first = Digest.of(bytes(1, 1));
        Digest second = Digest.of(bytes(2, 1));
        assertThat(repository.tags().find(name)).isEmpty();
        assertThat(repository.tags().history(name)).isEmpty();
        Tag one = repository.tags().push(name, first, USER);
        Tag two = repository.tags().push(name, second, USER);
        reopen();
        assertThat(one.parent()).isEqualTo(Digest.NULL);
        assertThat(two.parent()).isNotEqualTo(Digest.NULL);
        assertThat(two.user()).isEqualTo(USER);
        assertThat(repository.tags().history(name)).containsExactly(two, one);
        assertThat(repository.tags().find(name)).contains(two);
        assertThat(repository.tags().find(name, 1)).contains(one);
        assertThat(repository.tags().find(name, 2)).isEmpty();
    }

    @Test
    void pushing_what_is_the_newest_already_changes_nothing() {
        TagName name = TagName.parse("same");
        Tag one = repository.tags().push(name, Digest.EMPTY, USER);
        assertThat(repository.tags().push(name, Digest.EMPTY, "another@place")).isEqualTo(one);
        assertThat(repository.tags().history(name)).containsExactly(one);
    }

    @Test
    void a_push_that_expects_another_newest_changes_nothing() {
        TagName name = TagName.parse("guarded");
        Digest target = Digest.of(bytes(1, 1));
        assertThat(repository.tags().push(name, target, USER, Digest.of(bytes(9, 9))))
                .isEmpty();
        assertThat(repository.tags().history(name)).isEmpty();
        Tag one = repository.tags().push(name, target, USER, Digest.NULL).orElseThrow();
        assertThat(repository.tags().push(name, Digest.EMPTY, USER, Digest.NULL))
                .isEmpty();
        Tag two = repository.tags().push(name, Digest.EMPTY, USER);
        assertThat(repository.tags().push(name, target, USER, two.parent()).map(Tag::target))
                .as("the newest is two by now")
                .isEmpty();
        assertThat(repository.tags().history(name)).containsExactly(two, one);
    }

    @Test
    void names_of_streams_are_listed_sorted_by_the_beginning_of_their_text() throws IOException {
        for (String each : List.of("b", "a/x", "a-b", "a/x/y", "a/b")) {
            repository.tags().push(TagName.parse(each), Digest.EMPTY, USER);
        }
        reopen();
        assertThat(names("")).containsExactly("a-b", "a/b", "a/x", "a/x/y", "b");
        assertThat(names("a/x")).containsExactly("a/x", "a/x/y");
        assertThat(names("nothing")).isEmpty();
    }

    private List<String> names(String prefix) {
        List<String> names = new ArrayList<>();
        repository.tags().each(prefix, name -> names.add(name.toString()));
        return names;
    }

    @Test
    void tags_are_copied_as_they_are_and_those_that_are_there_left_out() {
        TagName name = TagName.parse("org/copied");
        Tag one = repository.tags().push(name, Digest.of(bytes(1, 1)), USER);
        Tag two = repository.tags().push(name, Digest.of(bytes(2, 1)), USER);
        Tag three = repository.tags().push(name, Digest.of(bytes(3, 1)), USER);
        assertThat(repository.tags().removeAll(name)).isTrue();
        assertThat(repository.tags().removeAll(name)).isFalse();
        assertThat(repository.tags().find(name)).isEmpty();
        repository.tags().insert(List.of(one));
        repository.tags().insert(List.of(one, two, three));
        repository.tags().insert(List.of(two));
        assertThat(repository.tags().history(name)).containsExactly(three, two, one);
    }

    @Test
    void one_tag_is_taken_out_and_the_others_stay() {
        TagName name = TagName.parse("org/removed");
        Tag one = repository.tags().push(name, Digest.of(bytes(1, 1)), USER);
        Tag two = repository.tags().push(name, Digest.of(bytes(2, 1)), USER);
        Tag three = repository.tags().push(name, Digest.of(bytes(3, 1)), USER);
        assertThat(repository.tags().remove(two)).isTrue();
        assertThat(repository.tags().remove(two)).isFalse();
        assertThat(repository.tags().history(name)).containsExactly(three, one);
        assertThat(repository.tags().remove(three)).isTrue();
        assertThat(repository.tags().find(name)).contains(one);
        assertThat(repository.tags().remove(one)).isTrue();
        assertThat(repository.tags().history(name)).isEmpty();
        assertThat(names("")).isEmpty();
    }

    @Test
    void of_pushes_made_at_once_none_is_lost() throws Exception {
        TagName name = TagName.parse("busy");
        int count = 40;
        List<Callable<Digest>> work = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Digest target = Digest.of(("target " + i).getBytes(StandardCharsets.UTF_8));
            work.add(() -> repository.tags().push(name, target, USER).target());
        }
        List<Digest> pushed = together(work);
        assertThat(repository.tags().history(name).stream().map(Tag::target))
                .containsExactlyInAnyOrderElementsOf(pushed);
    }

    private static <T> List<T> together(List<Callable<T>> work) throws Exception {
        List<T> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (Future<T> each : threads.invokeAll(work)) {
                results.add(each.get());
            }
        }
        return results;
    }

    /** Gives so many bytes and then fails. */
    private static final class BreakingStream extends InputStream {
        private int left;

        BreakingStream(int left) {
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            if (left-- <= 0) {
                throw new IOException("broken");
            }
            return 1;
        }
    }
}
