package dev.mayfly.mesh.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.mesh.topology.Fabric;
import dev.mayfly.mesh.topology.Shape;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SplittingProbeTest {
    private final Fabric fabric = new Fabric(Shape.twoTiers(4, 4, 8), 11);

    @Test
    void it_crosses_half_of_the_candidates() {
        Set<Integer> candidates =
                Set.of(fabric.switchNumber(0), fabric.switchNumber(1), fabric.cableOf(fabric.link(0)), fabric.link(9));
        SplittingProbe probe =
                SplittingProbe.of(fabric, candidates, new Random(1)).orElseThrow();
        int[] path = new int[Fabric.LONGEST_PATH];
        int count = fabric.roundTrip(probe.from(), probe.to(), probe.sourcePort(), path);
        assertThat(Arrays.stream(path, 0, count).filter(candidates::contains)).hasSize(2);
        assertThat(probe.crossing()).isEqualTo(2);
    }

    @Test
    void a_switch_and_its_only_cable_cannot_be_told_apart() {
        Fabric lonely = new Fabric(Shape.twoTiers(1, 1, 4), 1);
        Set<Integer> never = Set.of(lonely.cableOf(lonely.link(0)), lonely.link(0));
        assertThat(SplittingProbe.of(lonely, never, new Random(1))).isEmpty();
        assertThat(SplittingProbe.of(fabric, Set.of(3), new Random(1))).isEmpty();
    }
}
