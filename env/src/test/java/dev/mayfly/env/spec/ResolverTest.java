package dev.mayfly.env.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.fake.MemoryRepository;
import dev.mayfly.env.object.Annotation;
import dev.mayfly.env.object.Blob;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.EnvObject;
import dev.mayfly.env.object.Layer;
import dev.mayfly.env.object.Manifest;
import dev.mayfly.env.object.Platform;
import dev.mayfly.env.object.TagName;
import dev.mayfly.env.object.Tree;
import dev.mayfly.env.repo.Encoded;
import dev.mayfly.env.repo.Ingest;
import dev.mayfly.env.repo.Objects;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.repo.Tags;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ResolverTest {
    private final MemoryRepository near = new MemoryRepository("near");
    private final MemoryRepository far = new MemoryRepository("far");
    private final Resolver resolver = new Resolver(List.of(near, far), new SpecLoader());

    private static Digest put(MemoryRepository repository, EnvObject object) {
        try (Ingest ingest = repository.ingest()) {
            Digest digest = ingest.object(object);
            ingest.publish();
            return digest;
        }
    }

    private static void tag(MemoryRepository repository, String name, Digest target) {
        repository.tags().push(TagName.parse(name), target, "me@here");
    }

    private static Digest layer(MemoryRepository repository, String name) {
        return put(repository, new Layer(Optional.empty(), List.of(new Annotation(name, new Annotation.Inline("")))));
    }

    private Resolved resolve(String spec) {
        return resolver.resolve(EnvSpec.parse(spec));
    }

    private MayflyException refused(String spec) {
        return catchThrowableOfType(MayflyException.class, () -> resolve(spec));
    }

    @Test
    void platforms_are_taken_apart_and_what_is_repeated_keeps_its_highest_place() {
        Digest a = layer(near, "a");
        Digest b = layer(near, "b");
        Digest c = layer(near, "c");
        Digest inner = put(near, Platform.of(List.of(a, b)));
        Digest outer = put(near, Platform.of(List.of(inner, c)));
        tag(near, "outer", outer);
        tag(near, "a", a);
        Resolved resolved = resolve("outer+a");
        assertThat(resolved.stack()).containsExactly(outer, a);
        assertThat(resolved.digests()).containsExactly(b, c, a);
        assertThat(resolve("a+outer").digests()).containsExactly(a, b, c);
        assertThat(resolve("a+outer+a").stack()).containsExactly(outer, a);
        assertThat(resolve("-").digests()).isEmpty();
    }

    @Test
    void taking_apart_is_the_same_as_writing_all_out_and_keeping_the_last_of_each() {
        Random random = new Random(3);
        for (int round = 0; round < 300; round++) {
            List<Digest> objects = new ArrayList<>();
            List<List<Digest>> apart = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                objects.add(layer(near, round + "/" + i));
                apart.add(List.of(objects.getLast()));
            }
            for (int i = 0; i < 6; i++) {
                List<Digest> stack = new ArrayList<>();
                List<Digest> all = new ArrayList<>();
                for (int j = random.nextInt(5); j > 0; j--) {
                    int pick = random.nextInt(objects.size());
                    stack.add(objects.get(pick));
                    all.addAll(apart.get(pick));
                }
                objects.add(put(near, new Platform(stack)));
                apart.add(all);
            }
            List<Digest> expected =
                    List.copyOf(new LinkedHashSet<>(apart.getLast().reversed()).reversed());
            assertThat(resolver.flatten(List.of(objects.getLast())).stream().map(Resolved.Found::digest))
                    .containsExactlyElementsOf(expected);
        }
    }

    @Test
    void platforms_that_multiply_by_naming_each_other_cost_one_look_each() {
        Digest digest = layer(near, "a");
        for (int i = 0; i < 60; i++) {
            digest = put(near, new Platform(List.of(digest, digest)));
        }
        Counting counting = new Counting(near);
        assertThat(new Resolver(List.of(counting), new SpecLoader()).flatten(List.of(digest)))
                .hasSize(1);
        assertThat(counting.looks).hasValue(61);
    }

    @Test
    void platforms_that_are_too_deep_are_refused() {
        Digest digest = layer(near, "a");
        for (int i = 0; i < Resolver.DEEPEST; i++) {
            digest = put(near, new Platform(List.of(digest)));
        }
        assertThat(resolver.flatten(List.of(digest))).hasSize(1);
        tag(near, "deep", put(near, new Platform(List.of(digest))));
        assertThat(refused("deep").why()).contains("deeper than 100");
    }

    @Test
    void a_manifest_stands_for_a_layer_of_its_files_and_a_file_for_nothing() {
        Digest manifest = put(near, Manifest.of(List.of(Tree.of(List.of()))));
        assertThat(resolve(manifest.toString()).layers())
                .containsExactly(new Resolved.Found(manifest, Layer.of(manifest)));
        Digest blob = put(near, new Blob(Digest.EMPTY, 0));
        MayflyException refused = refused(blob.toString());
        assertThat(refused.code()).isEqualTo(ErrorCode.ENV_SPEC_INVALID);
        assertThat(refused.why()).contains("one file");
    }

    @Test
    void the_first_repository_that_knows_a_tag_decides_and_objects_may_come_from_any() {
        Digest old = layer(far, "old");
        Digest recent = layer(far, "recent");
        tag(far, "tool", recent);
        tag(near, "tool", old);
        tag(far, "only-far", recent);
        assertThat(resolve("tool+only-far").digests()).containsExactly(old, recent);
    }

    @Test
    void versions_of_a_tag_count_from_the_newest() {
        List<Digest> all = List.of(layer(near, "0"), layer(near, "1"), layer(near, "2"));
        all.forEach(each -> tag(near, "spi/main", each));
        assertThat(resolve("spi/main").digests()).containsExactly(all.get(2));
        assertThat(resolve("spi/main~2").digests()).containsExactly(all.get(0));
        MayflyException refused = refused("spi/main~3");
        assertThat(refused.code()).isEqualTo(ErrorCode.REF_UNKNOWN);
        assertThat(refused.why()).contains("3 versions in memory:near");
        assertThat(refused.fix()).contains("spi/main~2");
    }

    @Test
    void an_unknown_tag_is_told_with_what_was_meant() {
        Digest a = layer(near, "a");
        tag(near, "spi/stable/main", a);
        tag(far, "other/tools", a);
        assertThat(refused("spi/stabel/main").fix()).contains("spi/stable/main");
        assertThat(refused("tools").fix()).contains("other/tools");
        MayflyException nothing = refused("zebra");
        assertThat(nothing.code()).isEqualTo(ErrorCode.REF_UNKNOWN);
        assertThat(nothing.why()).contains("memory:near, memory:far");
    }

    @Test
    void the_beginning_of_a_digest_is_enough_while_it_is_of_one_only() {
        List<Digest> all = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            all.add(layer(near, "layer" + i));
        }
        Digest one = all.get(77);
        assertThat(resolve(one.toString().substring(0, 15)).digests()).containsExactly(one);
        assertThat(resolve(one.toString()).digests()).containsExactly(one);
        Map<String, List<Digest>> crowds = all.stream()
                .sorted()
                .collect(Collectors.groupingBy(each -> each.toString().substring(0, 2)));
        crowds.values().removeIf(crowd -> crowd.size() < 2);
        String crowded = crowds.keySet().iterator().next();
        List<Digest> crowd = crowds.values().iterator().next();
        MayflyException refused = refused(crowded);
        assertThat(refused.code()).isEqualTo(ErrorCode.REF_AMBIGUOUS);
        assertThat(refused.why())
                .contains(crowd.get(0).toString())
                .contains(crowd.get(1).toString());
    }

    @Test
    void the_beginning_of_no_digest_may_be_a_tag_in_capitals() {
        tag(near, "MAIN", layer(near, "a"));
        MayflyException refused = refused("MAIN");
        assertThat(refused.code()).isEqualTo(ErrorCode.REF_UNKNOWN);
        assertThat(refused.fix()).contains("MAIN~0");
        assertThat(resolve("MAIN~0").digests()).hasSize(1);
    }

    @Test
    void an_object_that_no_repository_has_is_unknown_when_named_and_missing_when_needed() {
        assertThat(refused(Digest.EMPTY.toString()).code()).isEqualTo(ErrorCode.REF_UNKNOWN);
        tag(near, "broken", put(near, Platform.of(List.of(Digest.EMPTY))));
        MayflyException missing = refused("broken");
        assertThat(missing.code()).isEqualTo(ErrorCode.CONTENT_MISSING);
        assertThat(missing.why()).contains("the platform").contains("memory:near, memory:far");
    }

    /** Says how often an object was looked at. */
    private static final class Counting implements Repository {
        private final Repository inner;
        private final AtomicInteger looks = new AtomicInteger();

        Counting(Repository inner) {
            this.inner = inner;
        }

        @Override
        public String address() {
            return inner.address();
        }

        @Override
        public Objects objects() {
            return new Objects() {
                @Override
                public Optional<Encoded> find(Digest digest) {
                    looks.incrementAndGet();
                    return inner.objects().find(digest);
                }

                @Override
                public boolean has(Digest digest) {
                    return inner.objects().has(digest);
                }

                @Override
                public void each(Consumer<Digest> found) {
                    inner.objects().each(found);
                }
            };
        }

        @Override
        public Payloads payloads() {
            return inner.payloads();
        }

        @Override
        public Tags tags() {
            return inner.tags();
        }

        @Override
        public Ingest ingest() {
            return inner.ingest();
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
