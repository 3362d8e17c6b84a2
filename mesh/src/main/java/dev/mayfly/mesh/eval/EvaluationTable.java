package dev.mayfly.mesh.eval;

import java.util.Locale;

/**
 * The scores as text: for each kind of fault the share that was found, the share of seeds with this fault alone in which it
 * was named first, and how many sound components were blamed; and how long ours took, beside what no rule can do with less.
 */
public final class EvaluationTable {
    private EvaluationTable() {}

    public static String of(Evaluation evaluation) {
        StringBuilder out = new StringBuilder();
        out.append(String.format(Locale.ROOT, "%-29s %6s", "", "faults"));
        for (String name : evaluation.localizers()) {
            out.append(String.format(Locale.ROOT, "  %-20s", name));
        }
        out.append("  seconds ours\n");
        out.append(" ".repeat(36));
        for (String _ : evaluation.localizers()) {
            out.append(String.format(Locale.ROOT, "  %6s %6s %6s", "found", "first", "wrong"));
        }
        out.append("  p50  p99  bound\n");
        for (FaultKind kind : evaluation.plan().kinds()) {
            Score ours = evaluation.of(Evaluation.OURS, kind);
            if (ours.faults() > 0) {
                out.append(String.format(Locale.ROOT, "%-29s %6d", kind.words(), ours.faults()));
                for (String name : evaluation.localizers()) {
                    out.append(cell(evaluation.of(name, kind)));
                }
                out.append(seconds(ours)).append('\n');
            }
        }
        out.append(String.format(Locale.ROOT, "%-29s %6s", "nuisances only", "-"));
        for (String name : evaluation.localizers()) {
            out.append(String.format(
                    Locale.ROOT,
                    "  %6s %6s %6d",
                    "-",
                    "-",
                    evaluation.withoutFault(name).wrong()));
        }
        out.append('\n');
        for (String name : evaluation.localizers()) {
            out.append(name).append(": ").append(summary(evaluation.all(name))).append('\n');
        }
        out.append("blamed wrongly by likelihood between the ends of windows, when the others say nothing: ")
                .append(evaluation.all(Evaluation.OURS).wrongMeanwhile())
                .append('\n');
        return out.toString();
    }

    static String summary(Score all) {
        return String.format(
                Locale.ROOT,
                "found %.2f %% of %d faults, precision %.2f %%, first right %.2f %%",
                100 * all.recall(),
                all.faults(),
                100 * all.precision(),
                100 * all.firstRight());
    }

    private static String cell(Score score) {
        return String.format(
                Locale.ROOT,
                "  %5.1f%% %6s %6d",
                100 * score.recall(),
                score.alone() == 0 ? "-" : String.format(Locale.ROOT, "%.1f%%", 100 * score.firstRight()),
                score.wrong());
    }

    private static String seconds(Score ours) {
        String bound = ours.secondsNeeded().isEmpty()
                ? "-"
                : String.format(Locale.ROOT, "%.1f", ours.secondsNeeded().getAsDouble());
        return ours.recall() == 0
                ? String.format(Locale.ROOT, "  %3s  %3s  %5s", "-", "-", bound)
                : String.format(Locale.ROOT, "  %3d  %3d  %5s", ours.secondsTo(0.5), ours.secondsTo(0.99), bound);
    }
}
