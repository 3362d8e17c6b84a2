package dev.mayfly.mesh.eval;

import java.util.Locale;

/** The scores as text: for each kind of fault how many were found, and how many findings were wrong. */
public final class EvaluationTable {
    private static final String OURS = "likelihood";

    private EvaluationTable() {}

    public static String of(Evaluation evaluation) {
        StringBuilder out = new StringBuilder();
        out.append(String.format(Locale.ROOT, "%-30s %6s", "", "faults"));
        for (String name : evaluation.localizers()) {
            out.append(String.format(Locale.ROOT, "  %22s", name));
        }
        out.append("  seconds p50/p99\n");
        for (FaultKind kind : FaultKind.values()) {
            Score ours = evaluation.of(OURS, kind);
            out.append(String.format(Locale.ROOT, "%-30s %6d", kind.words(), ours.faults()));
            for (String name : evaluation.localizers()) {
                out.append(cell(evaluation.of(name, kind)));
            }
            out.append(String.format(Locale.ROOT, "  %d/%d%n", ours.secondsTo(0.5), ours.secondsTo(0.99)));
        }
        out.append(String.format(Locale.ROOT, "%-30s %6s", "nuisances only", "-"));
        for (String name : evaluation.localizers()) {
            out.append(cell(evaluation.withoutFault(name)));
        }
        out.append('\n');
        for (String name : evaluation.localizers()) {
            Score all = evaluation.all(name);
            out.append(String.format(
                    Locale.ROOT,
                    "%s: found %.2f %%, precision %.2f %%, first right %.2f %%%n",
                    name,
                    100 * all.recall(),
                    100 * all.precision(),
                    100 * all.firstRight()));
        }
        return out.toString();
    }

    private static String cell(Score score) {
        return String.format(
                Locale.ROOT,
                "  %6.1f%% first %5.1f%% +%3d",
                100 * score.recall(),
                100 * score.firstRight(),
                score.wrong());
    }
}
