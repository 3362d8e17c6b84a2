package dev.mayfly.base.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class IdSourceTest {
    @Test
    void seeded_ids_repeat_and_different_seeds_differ() {
        IdSource one = IdSource.seeded(7);
        IdSource same = IdSource.seeded(7);
        for (int i = 0; i < 100; i++) {
            assertThat(one.next()).isEqualTo(same.next());
        }
        assertThat(IdSource.seeded(8).next()).isNotEqualTo(IdSource.seeded(7).next());
    }

    @Test
    void ids_are_hexadecimal_and_never_the_same_whoever_asks() throws Exception {
        for (IdSource source : List.of(IdSource.random(), IdSource.seeded(1))) {
            Set<String> seen = new HashSet<>();
            try (var threads = Executors.newFixedThreadPool(4)) {
                Callable<List<String>> hundred = () -> java.util.stream.Stream.generate(source::next)
                        .limit(500)
                        .toList();
                for (var ids : threads.invokeAll(List.of(hundred, hundred, hundred, hundred))) {
                    for (String id : ids.get()) {
                        assertThat(id).matches("[0-9a-f]{20}");
                        assertThat(seen.add(id)).isTrue();
                    }
                }
            }
        }
    }
}
