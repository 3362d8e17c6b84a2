package dev.mayfly.mesh.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FabricTest {
    static List<Shape> shapes() {
        return List.of(
                Shape.twoTiers(4, 3, 5),
                Shape.twoTiers(1, 2, 3),
                Shape.threeTiers(3, 4, 2, 3, 4),
                new Shape(1, 8, 4, 0, 6, 4),
                new Shape(2, 8, 2, 2, 3, 8));
    }

    private static Set<Integer> crossed(Fabric fabric, int from, int to, int port) {
        int[] out = new int[Fabric.LONGEST_PATH];
        int count = fabric.roundTrip(from, to, port, out);
        Set<Integer> crossed = new HashSet<>();
        for (int i = 0; i < count; i++) {
            assertThat(crossed.add(out[i])).as("%s once", fabric.name(out[i])).isTrue();
        }
        return crossed;
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void a_path_goes_from_switch_to_switch_there_and_back(Shape shape) {
        Fabric fabric = new Fabric(shape, 7);
        Random random = new Random(1);
        Set<Integer> everything = new HashSet<>();
        for (int i = 0; i < 4_000; i++) {
            int from = random.nextInt(fabric.cards());
            int to = random.nextInt(fabric.cards());
            Set<Integer> path =
                    crossed(fabric, from, to == from ? (to + 1) % fabric.cards() : to, random.nextInt(65536));
            everything.addAll(path);
            for (int component : path) {
                if (fabric.kind(component) == Fabric.Kind.LINK) {
                    assertThat(path)
                            .contains(fabric.cableOf(component), fabric.ends(component)[0], fabric.ends(component)[1]);
                    assertThat(fabric.opposite(fabric.opposite(component))).isEqualTo(component);
                    assertThat(fabric.ends(fabric.opposite(component))[0]).isEqualTo(fabric.ends(component)[1]);
                }
            }
        }
        int unreached = shape.leaves() * shape.pods() == 1 ? fabric.components() - fabric.cards() - 1 : 0;
        assertThat(everything).hasSize(fabric.components() - unreached);
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void a_part_is_never_crossed_without_its_whole(Shape shape) {
        Fabric fabric = new Fabric(shape, 8);
        Random random = new Random(2);
        for (int i = 0; i < 60; i++) {
            int from = random.nextInt(fabric.cards());
            Set<Integer> path =
                    crossed(fabric, from, (from + 1 + random.nextInt(fabric.cards() - 1)) % fabric.cards(), i);
            for (int part : path) {
                for (int whole = 0; whole < fabric.components(); whole++) {
                    if (fabric.isPartOf(part, whole)) {
                        assertThat(path)
                                .as("%s in %s", fabric.name(part), fabric.name(whole))
                                .contains(whole);
                    }
                }
            }
        }
    }

    @Test
    void cards_of_equal_number_meet_at_one_leaf() {
        Fabric fabric = new Fabric(new Shape(1, 8, 4, 0, 6, 4), 1);
        assertThat(fabric.cards()).isEqualTo(48);
        assertThat(fabric.hostOf(7)).isEqualTo(1);
        assertThat(fabric.leafOf(3)).isEqualTo(fabric.leafOf(7)).isNotEqualTo(fabric.leafOf(4));
        for (int card = 0; card < fabric.cards(); card++) {
            int same = card;
            int leaf = fabric.leafOf(card);
            assertThat(java.util.stream.IntStream.range(0, 6).map(n -> fabric.cardOf(leaf, n)))
                    .contains(same)
                    .allMatch(other -> fabric.leafOf(other) == leaf);
        }
    }

    @Test
    void source_ports_spread_over_all_paths() {
        Fabric fabric = new Fabric(Shape.twoTiers(4, 4, 8), 3);
        int[] seen = new int[4];
        int[] out = new int[Fabric.LONGEST_PATH];
        for (int port = 0xC000; port < 0xC000 + 400; port++) {
            fabric.roundTrip(0, 31, port, out);
            seen[fabric.ends(out[4])[1] - fabric.switchNumber(4)]++;
        }
        assertThat(Arrays.stream(seen)).allMatch(count -> count > 60);
    }

    @Test
    void a_shape_that_cannot_be_built_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Shape.threeTiers(2, 4, 2, 0, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> new Shape(1, 6, 2, 0, 4, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> Shape.twoTiers(0, 2, 4));
    }
}
