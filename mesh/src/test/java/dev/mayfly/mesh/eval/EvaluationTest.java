package dev.mayfly.mesh.eval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.mesh.topology.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@code -Dmayfly.mesh.seeds=1000} for many seeds. */
class EvaluationTest {
    private static final int SEEDS = Integer.getInteger("mayfly.mesh.seeds", 18);

    @Test
    void most_faults_are_found_and_hardly_anything_sound_is_blamed() {
        for (Shape shape :
                List.of(Shape.twoTiers(8, 4, 8), Shape.threeTiers(3, 4, 2, 2, 6), new Shape(1, 8, 4, 0, 8, 4))) {
            Evaluation evaluation = new Evaluation(shape, 15);
            for (int seed = 0; seed < SEEDS; seed++) {
                evaluation.play(seed);
            }
            String table = EvaluationTable.of(evaluation);
            Score ours = evaluation.all("likelihood");
            assertThat(ours.recall()).as(table).isGreaterThan(0.8);
            assertThat(ours.precision()).as(table).isGreaterThan(0.95);
            assertThat(evaluation.withoutFault("likelihood").wrong()).as(table).isZero();
            assertThat(evaluation.all("voting").precision()).as(table).isLessThan(ours.precision());
            assertThat(evaluation.all("007").precision()).as(table).isLessThan(ours.precision());
            assertThat(evaluation.all("netbouncer").precision()).as(table).isLessThan(ours.precision());
        }
    }

    @Test
    void the_same_seed_gives_the_same_table() {
        String[] tables = new String[2];
        for (int i = 0; i < 2; i++) {
            Evaluation evaluation = new Evaluation(Shape.twoTiers(4, 2, 4), 5);
            evaluation.play(3);
            evaluation.play(4);
            tables[i] = EvaluationTable.of(evaluation);
        }
        assertThat(tables[0]).isEqualTo(tables[1]).contains("link loses 10 %");
    }

    /** Of a thousand seeds those in which a sound component was blamed, when faults were looked at one by one. */
    @Test
    void what_lies_between_two_faults_is_not_blamed_for_the_losses_of_both() {
        Plan usual = Plan.usual(FabricKind.THREE.shape(256), 60);
        Plan ours = new Plan(
                usual.shape(),
                usual.seconds(),
                usual.windowSeconds(),
                usual.carried(),
                usual.kinds(),
                usual.atOnce(),
                false);
        Evaluation evaluation = new Evaluation(ours);
        evaluation.play(40568);
        evaluation.play(40774);
        Score all = evaluation.all(Evaluation.OURS);
        assertThat(all.faults()).isEqualTo(8);
        assertThat(all.recall()).isEqualTo(1);
        assertThat(all.wrong()).isZero();
    }
}
