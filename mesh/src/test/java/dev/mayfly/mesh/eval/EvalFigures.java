package dev.mayfly.mesh.eval;

import dev.mayfly.mesh.topology.Shape;
import java.nio.file.Files;
import java.nio.file.Path;

/** Plays many seeds: {@code SEEDS SECONDS two|three|rails OUTPUT}. */
final class EvalFigures {
    private EvalFigures() {}

    public static void main(String[] args) throws Exception {
        Shape shape = switch (args[2]) {
            case "two" -> Shape.twoTiers(16, 8, 16);
            case "rails" -> new Shape(2, 16, 8, 4, 16, 8);
            default -> Shape.threeTiers(4, 8, 4, 4, 16);
        };
        Evaluation evaluation = new Evaluation(shape, Integer.parseInt(args[1]));
        long start = System.nanoTime();
        for (int seed = 0; seed < Integer.parseInt(args[0]); seed++) {
            evaluation.play(seed);
        }
        Files.writeString(
                Path.of(args[3]),
                shape + "\n" + EvaluationTable.of(evaluation) + (System.nanoTime() - start) / 1_000_000 + " ms\n");
    }
}
