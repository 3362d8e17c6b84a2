package dev.mayfly.mesh.eval;

import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The scores drawn, as SVG that stands in a page: colours come from the page's style sheet, for light and dark. */
final class EvaluationPlots {
    private static final int LEFT = 230;
    private static final int WIDTH = 560;
    private static final int RIGHT = 70;
    private static final int TOP = 30;
    private static final int BAR = 7;
    private static final int ROW_OF_TIMES = 24;

    private final Evaluation evaluation;
    private final List<FaultKind> kinds;

    EvaluationPlots(Evaluation evaluation) {
        this.evaluation = evaluation;
        this.kinds = evaluation.plan().kinds().stream()
                .filter(kind -> evaluation.of(Evaluation.OURS, kind).faults() > 0)
                .toList();
    }

    /** For each kind a bar for each rule: the share found. */
    String found() {
        List<String> names = evaluation.localizers();
        int row = BAR * names.size() + 10;
        int height = TOP + row * kinds.size() + 24;
        Formatter svg = begin(height, "Share of faults found, for each kind and each rule");
        for (int percent = 0; percent <= 100; percent += 25) {
            grid(svg, LEFT + WIDTH * percent / 100.0, height, percent + " %");
        }
        for (int i = 0; i < kinds.size(); i++) {
            int y = TOP + row * i;
            label(svg, kinds.get(i), y + row / 2.0);
            for (int j = 0; j < names.size(); j++) {
                double share = evaluation.of(names.get(j), kinds.get(i)).recall();
                svg.format(
                        "<rect class=\"s%d\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"1\"><title>%s: %s,"
                                + " %.1f %%</title></rect>%n",
                        j,
                        LEFT,
                        y + 4 + BAR * j,
                        Math.max(1, WIDTH * share),
                        BAR - 1,
                        names.get(j),
                        kinds.get(i).words(),
                        100 * share);
            }
        }
        return svg.format("</svg>%n").toString();
    }

    /** For each kind the stretch from P50 to P99 that ours took, and a mark where the bound is. */
    String times() {
        double least = 0.1;
        double most = Math.max(10, 1.2 * evaluation.plan().seconds());
        for (FaultKind kind : kinds) {
            most = Math.max(
                    most, evaluation.of(Evaluation.OURS, kind).secondsNeeded().orElse(0));
        }
        double decades = Math.log10(most / least);
        int height = TOP + ROW_OF_TIMES * kinds.size() + 24;
        Formatter svg = begin(height, "Seconds until ours named a fault, and the least that any rule needs");
        for (double tick = least; tick <= most; tick *= 10) {
            grid(svg, LEFT + WIDTH * Math.log10(tick / least) / decades, height, number(tick) + " s");
        }
        for (int i = 0; i < kinds.size(); i++) {
            Score ours = evaluation.of(Evaluation.OURS, kinds.get(i));
            double y = TOP + ROW_OF_TIMES * i + ROW_OF_TIMES / 2.0;
            label(svg, kinds.get(i), y);
            if (ours.recall() > 0) {
                double from = LEFT + WIDTH * Math.log10(ours.secondsTo(0.5) / least) / decades;
                double to = LEFT + WIDTH * Math.log10(ours.secondsTo(0.99) / least) / decades;
                svg.format(
                        "<rect class=\"s0\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"8\" rx=\"4\"><title>P50 %d s,"
                                + " P99 %d s</title></rect>%n",
                        from - 4, y - 4, to - from + 8, ours.secondsTo(0.5), ours.secondsTo(0.99));
            }
            OptionalDouble bound = ours.secondsNeeded();
            if (bound.isPresent()) {
                double x = LEFT + WIDTH * Math.log10(Math.max(least, bound.getAsDouble()) / least) / decades;
                svg.format(
                        "<path class=\"bound\" d=\"M%.1f %.1fv16\"><title>bound %.2f s</title></path>%n",
                        x, y - 8, bound.getAsDouble());
            }
        }
        return svg.format("</svg>%n").toString();
    }

    private static Formatter begin(int height, String title) {
        Formatter svg = new Formatter(Locale.ROOT);
        return svg.format(
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">%n", LEFT + WIDTH + RIGHT, height, title);
    }

    private static void grid(Formatter svg, double x, int height, String text) {
        svg.format(
                "<path class=\"grid\" d=\"M%1$.1f %2$dV%3$d\"/><text class=\"tick\" x=\"%1$.1f\" y=\"%4$d\">%5$s</text>%n",
                x, TOP - 8, height - 20, TOP - 14, text);
    }

    private static void label(Formatter svg, FaultKind kind, double y) {
        svg.format("<text class=\"kind\" x=\"%d\" y=\"%.1f\">%s</text>%n", LEFT - 10, y + 4, kind.words());
    }

    private static String number(double value) {
        return value >= 1 ? String.format(Locale.ROOT, "%.0f", value) : String.format(Locale.ROOT, "%.1f", value);
    }
}
