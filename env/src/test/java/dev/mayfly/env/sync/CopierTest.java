package dev.mayfly.env.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.fake.Graphs;
import dev.mayfly.env.fake.MemoryRepository;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.repo.Ingest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CopierTest {
    private static final TagName A = TagName.parse("graph/a");
    private static final TagName B = TagName.parse("graph/b");
    private static final CopyOptions CHECKING = CopyOptions.USUAL.checking();

    private final MemoryRepository from = new MemoryRepository("from");
    private final MemoryRepository to = new MemoryRepository("to");

    private static Copier copier(CopyOptions options) {
        return new Copier(options, CopyListener.none());
    }

    @Property(tries = 60)
    void any_graph_comes_out_equal_with_its_history(@ForAll long seed) {
        MemoryRepository source = new MemoryRepository("source");
        MemoryRepository target = new MemoryRepository("target");
        new Graphs(seed).into(source);
        CopyReport report =
                copier(CopyOptions.USUAL).copy(source, target, List.of(Wanted.history(A), Wanted.newest(B)));
        assertThat(target.content()).isEqualTo(source.content());
        assertThat(target.tags().history(A)).isEqualTo(source.tags().history(A));
        assertThat(target.tags().find(B)).isEqualTo(source.tags().find(B));
        assertThat(report.total().payloadsCopied())
                .isEqualTo(target.content().get(1).size());
        Check check = new Check(4, true);
        assertThat(check.run(target, Check.tagged(target)).faults()).isEmpty();
    }

    @Test
    void what_is_there_is_not_copied_again() {
        new Graphs(1).into(from);
        copier(CopyOptions.USUAL).copy(from, to, List.of(Wanted.newest(A)));
        for (CopyOptions options : List.of(CopyOptions.USUAL, CHECKING)) {
            CopyProgress again =
                    copier(options).copy(from, to, List.of(Wanted.newest(A))).total();
            assertThat(again.objectsCopied()).isZero();
            assertThat(again.payloadsCopied()).isZero();
            assertThat(again.bytes()).isZero();
        }
        assertThat(to.tags().history(A)).hasSize(1);
    }

    @Test
    void a_missing_payload_is_named_with_the_manifest_that_needs_it_and_nothing_arrives() {
        Digest top = new Graphs(2).into(from);
        Digest lost = from.content().get(1).keySet().iterator().next();
        from.losePayload(lost);
        assertThatThrownBy(() -> copier(CopyOptions.USUAL).copy(from, to, List.of(Wanted.content(top))))
                .isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_MISSING);
                    assertThat(e.what()).contains(lost.toString());
                    assertThat(e.why())
                            .containsAnyOf("the manifest ", "the layer ")
                            .contains("memory:from");
                });
        assertThat(to.size()).isZero();
    }

    @Test
    void a_damaged_payload_is_refused_and_nothing_arrives() {
        new Graphs(3).into(from);
        Digest damaged = from.content().get(1).keySet().iterator().next();
        from.damagePayload(damaged);
        assertThatThrownBy(() -> copier(CopyOptions.USUAL).copy(from, to, List.of(Wanted.newest(A))))
                .isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_CORRUPT);
                    assertThat(e.what()).contains(damaged.toString()).contains("memory:from");
                });
        assertThat(to.size()).isZero();
        assertThat(to.tags().history(A)).isEmpty();
    }

    @Test
    void a_damaged_object_is_refused_and_nothing_arrives() {
        Digest top = new Graphs(4).into(from);
        from.damageObject(top);
        assertThatThrownBy(() -> copier(CopyOptions.USUAL).copy(from, to, List.of(Wanted.newest(A))))
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTENT_CORRUPT));
        assertThat(to.size()).isZero();
    }

    @Test
    void an_unknown_tag_is_named_with_the_repository_that_was_asked() {
        assertThatThrownBy(() -> copier(CopyOptions.USUAL).copy(from, to, List.of(Wanted.newest(A))))
                .isInstanceOfSatisfying(MayflyException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.REF_UNKNOWN);
                    assertThat(e.why()).contains("memory:from");
                });
    }

    @Test
    void a_hole_below_an_object_that_is_there_is_filled_only_when_asked_to_look() {
        new Graphs(5).into(from);
        copier(CopyOptions.USUAL).copy(from, to, List.of(Wanted.newest(A)));
        Digest hole = to.content().get(1).keySet().iterator().next();
        to.losePayload(hole);
        copier(CopyOptions.USUAL).copy(from, to, List.of(Wanted.newest(A)));
        assertThat(to.payloads().has(hole)).isFalse();
        assertThat(copier(CHECKING)
                        .copy(from, to, List.of(Wanted.newest(A)))
                        .total()
                        .payloadsCopied())
                .isEqualTo(1);
        assertThat(to.payloads().has(hole)).isTrue();
    }

    @Test
    void a_check_finds_each_fault_with_who_needs_it_and_another_repository_heals_it() {
        Digest top = new Graphs(6).into(from);
        copier(CopyOptions.USUAL).copy(from, to, List.of(Wanted.newest(A)));
        List<Digest> payloads = to.content().get(1).keySet().stream().sorted().toList();
        to.losePayload(payloads.getFirst());
        to.damagePayload(payloads.getLast());
        Check deep = new Check(4, true);
        Map<Digest, String> roots = Check.tagged(to);
        assertThat(deep.run(to, roots).faults())
                .extracting(Fault::kind)
                .containsExactly(Fault.Kind.PAYLOAD_MISSING, Fault.Kind.PAYLOAD_CORRUPT);
        assertThat(new Check(4, false).run(to, roots).faults()).hasSize(1);
        to.loseObject(top);
        assertThat(deep.run(to, roots).faults())
                .extracting(Fault::kind, Fault::namedBy)
                .contains(org.assertj.core.groups.Tuple.tuple(Fault.Kind.OBJECT_MISSING, "the tag graph/a"));
        CheckReport healed = deep.heal(to, from, roots);
        assertThat(healed.faults()).isEmpty();
        assertThat(healed.healed()).hasSize(3);
        assertThat(to.content()).isEqualTo(from.content());
    }

    @Test
    void what_the_other_repository_lacks_stays_a_fault() {
        new Graphs(7).into(from);
        copier(CopyOptions.USUAL).copy(from, to, List.of(Wanted.newest(A)));
        Digest lost = to.content().get(1).keySet().iterator().next();
        to.losePayload(lost);
        from.losePayload(lost);
        CheckReport report = new Check(4, false).heal(to, from, Check.tagged(to));
        assertThat(report.faults()).extracting(Fault::digest).containsExactly(lost);
        assertThat(report.healed()).isEmpty();
    }

    @Test
    void progress_only_grows_and_ends_with_everything_copied() {
        new Graphs(8).into(from);
        List<CopyProgress> heard = new ArrayList<>();
        CopyProgress total = new Copier(CopyOptions.USUAL, heard::add)
                .copy(from, to, List.of(Wanted.newest(A)))
                .total();
        assertThat(heard).isSortedAccordingTo((a, b) -> Long.compare(a.bytes(), b.bytes()));
        assertThat(heard.getLast()).isEqualTo(total);
        assertThat(total.objectsCopied()).isEqualTo(total.objectsFound()).isPositive();
        assertThat(total.payloadsCopied()).isEqualTo(total.payloadsFound());
    }

    @Test
    void deep_chains_of_platforms_are_written_children_first() {
        Digest at;
        try (Ingest ingest = from.ingest()) {
            at = ingest.object(Layer.of(ingest.object(Manifest.of(List.of(dev.mayfly.env.object.Tree.of(List.of()))))));
            for (int i = 0; i < 5_000; i++) {
                at = ingest.object(new Platform(List.of(at)));
            }
            ingest.publish();
        }
        copier(CopyOptions.USUAL).copy(from, to, List.of(Wanted.content(at)));
        assertThat(to.content()).isEqualTo(from.content());
    }
}
