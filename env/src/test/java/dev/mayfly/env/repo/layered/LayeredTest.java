package dev.mayfly.env.repo.layered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.fake.Graphs;
import dev.mayfly.env.fake.MemoryRepository;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Tag;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Objects;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.Tags;
import dev.mayfly.env.sync.Copier;
import dev.mayfly.env.sync.CopyListener;
import dev.mayfly.env.sync.CopyOptions;
import dev.mayfly.env.sync.Wanted;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LayeredTest {
    private static final TagName A = TagName.parse("graph/a");
    private static final TagName B = TagName.parse("graph/b");
    private static final String USER = "somebody@somewhere";

    private final MemoryRepository near = new MemoryRepository("near");
    private final MemoryRepository middle = new MemoryRepository("middle");
    private final MemoryRepository far = new MemoryRepository("far");

    private static Copier copier() {
        return new Copier(CopyOptions.USUAL, CopyListener.none());
    }

    @Property(tries = 30)
    void a_graph_spread_over_several_repositories_is_read_whole(@ForAll long seed) {
        MemoryRepository whole = new MemoryRepository("whole");
        MemoryRepository one = new MemoryRepository("one");
        MemoryRepository other = new MemoryRepository("other");
        new Graphs(seed).into(whole);
        copier().copy(whole, one, List.of(Wanted.history(A), Wanted.history(B)));
        copier().copy(whole, other, List.of(Wanted.history(A), Wanted.history(B)));
        java.util.Random random = new java.util.Random(seed);
        for (Digest each : whole.content().get(0).keySet()) {
            (random.nextBoolean() ? one : other).loseObject(each);
        }
        for (Digest each : whole.content().get(1).keySet()) {
            (random.nextBoolean() ? one : other).losePayload(each);
        }
        MemoryRepository target = new MemoryRepository("target");
        copier().copy(new ProxyRepository(one, List.of(other), true), target, List.of(Wanted.history(A)));
        assertThat(target.content()).isEqualTo(whole.content());

        List<Digest> before = new ArrayList<>(one.content().get(1).keySet());
        Repository fallback = new FallbackRepository(one, List.of(other), RepairListener.none());
        MemoryRepository again = new MemoryRepository("again");
        copier().copy(fallback, again, List.of(Wanted.history(A)));
        assertThat(again.content()).isEqualTo(whole.content());
        assertThat(one.content().get(1)).as("repaired by reading").hasSizeGreaterThanOrEqualTo(before.size());
        assertThat(one.content()).isEqualTo(whole.content());
    }

    @Test
    void tags_of_secondaries_are_shown_only_when_asked_for_and_never_mixed() {
        near.tags().push(A, Digest.EMPTY, USER);
        far.tags().push(A, Digest.NULL, USER);
        far.tags().push(B, Digest.EMPTY, USER);
        Tags hidden = new ProxyRepository(near, List.of(far), false).tags();
        Tags shown = new ProxyRepository(near, List.of(far), true).tags();
        assertThat(hidden.find(B)).isEmpty();
        assertThat(shown.find(B)).isPresent();
        assertThat(shown.history(A)).hasSize(1);
        List<TagName> names = new ArrayList<>();
        shown.each("", names::add);
        assertThat(names).containsExactly(A, B);
        shown.push(B, Digest.NULL, USER);
        assertThat(near.tags().find(B)).isPresent();
        assertThat(far.tags().history(B)).hasSize(1);
    }

    @Test
    void a_repository_that_is_down_matters_only_when_no_other_has_an_answer() {
        new Graphs(1).into(far);
        Digest there = far.content().get(1).keySet().iterator().next();
        Repository proxy = new ProxyRepository(near, List.of(new Down(), far), true);
        assertThat(proxy.payloads().find(there)).isPresent();
        assertThatThrownBy(() -> proxy.payloads().find(Digest.of(new byte[] {1, 2, 3})))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REMOTE_UNREACHABLE));
    }

    @Test
    void a_damaged_object_and_a_damaged_secondary_are_passed_over_and_the_primary_repaired() {
        Digest top = new Graphs(2).into(far);
        copier().copy(far, near, List.of(Wanted.newest(A)));
        copier().copy(far, middle, List.of(Wanted.newest(A)));
        near.damageObject(top);
        middle.damageObject(top);
        Digest payload = far.content().get(1).keySet().iterator().next();
        near.losePayload(payload);
        middle.damagePayload(payload);
        List<String> heard = new ArrayList<>();
        Repository fallback = new FallbackRepository(near, List.of(middle, far), new RepairListener() {
            @Override
            public void repaired(Digest digest, String from) {
                heard.add(digest + " " + from);
            }

            @Override
            public void notRepaired(Digest digest, MayflyException why) {
                heard.add("failed");
            }
        });
        assertThat(fallback.objects().find(top)).isPresent();
        assertThat(fallback.payloads().find(payload)).isPresent();
        assertThat(heard).containsExactly(top + " memory:far", payload + " memory:far");
        assertThat(near.content()).isEqualTo(far.content());
    }

    @Test
    void when_the_primary_cannot_be_written_the_reader_is_served_all_the_same() throws Exception {
        new Graphs(3).into(far);
        Digest payload = far.content().get(1).keySet().iterator().next();
        List<String> heard = new ArrayList<>();
        Repository readOnly = new PinnedRepository(near, java.time.Instant.EPOCH);
        Repository fallback = new FallbackRepository(readOnly, List.of(far), new RepairListener() {
            @Override
            public void repaired(Digest digest, String from) {
                heard.add("repaired");
            }

            @Override
            public void notRepaired(Digest digest, MayflyException why) {
                heard.add(why.code().name());
            }
        });
        byte[] read = fallback.payloads().find(payload).orElseThrow().open().readAllBytes();
        assertThat(Digest.of(read)).isEqualTo(payload);
        assertThat(heard).containsExactly("REPOSITORY_UNSUITABLE");
        assertThat(near.size()).isZero();
    }

    @Test
    void a_pinned_repository_shows_the_past_and_takes_nothing() {
        Tag first = near.tags().push(A, Digest.EMPTY, USER);
        Tag second = near.tags().push(A, Digest.NULL, USER);
        near.tags().push(B, Digest.NULL, USER);
        Repository pinned = new PinnedRepository(near, first.time());
        assertThat(pinned.tags().find(A)).contains(first);
        assertThat(pinned.tags().history(A)).containsExactly(first);
        assertThat(pinned.tags().find(B)).isEmpty();
        List<TagName> names = new ArrayList<>();
        pinned.tags().each("", names::add);
        assertThat(names).containsExactly(A);
        assertThat(new PinnedRepository(near, second.time()).tags().history(A)).containsExactly(second, first);
        for (Runnable write : List.<Runnable>of(
                pinned::ingest,
                () -> pinned.tags().push(A, Digest.EMPTY, USER),
                () -> pinned.tags().push(A, Digest.EMPTY, USER, Digest.NULL),
                () -> pinned.tags().insert(List.of()),
                () -> pinned.tags().remove(first),
                () -> pinned.tags().removeAll(A))) {
            assertThatThrownBy(write::run)
                    .isInstanceOfSatisfying(
                            MayflyException.class,
                            e -> assertThat(e.code()).isEqualTo(ErrorCode.REPOSITORY_UNSUITABLE));
        }
    }

    /** Answers every question with a failure. */
    private static final class Down implements Repository {
        private static MayflyException down() {
            return new MayflyException(ErrorCode.REMOTE_UNREACHABLE, "down", "test", "none");
        }

        @Override
        public String address() {
            return "down";
        }

        @Override
        public Objects objects() {
            throw down();
        }

        @Override
        public Payloads payloads() {
            throw down();
        }

        @Override
        public Tags tags() {
            throw down();
        }

        @Override
        public Ingest ingest() {
            throw down();
        }

        @Override
        public void close() {}

        @Override
        public String toString() {
            return Optional.of("down").orElseThrow();
        }
    }
}
