package dev.mayfly.mesh.eval;

import dev.mayfly.mesh.topology.Shape;
import java.util.List;
import java.util.Locale;

/** The scores as one page that needs nothing else: no script, no file from elsewhere, light and dark as the reader has it. */
public final class EvaluationPage {
    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: #1c2430; --soft: #5b6675; --paper: #ffffff; --line: #dfe4ea;
              --s0: #1666b0; --s1: #c2660c; --s2: #5f8f3e; --s3: #8a5bb5; --good: #e6f2e6; --bad: #fbe9e7; }
            @media (prefers-color-scheme: dark) { :root { --ink: #e3e8ee; --soft: #98a4b3; --paper: #14181d;
              --line: #2c343d; --s0: #5fb0f5; --s1: #f0a04b; --s2: #9ccb78; --s3: #c3a0e8; --good: #1b2f20;
              --bad: #3a2320; } }
            body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto;
              max-width: 62rem; padding: 0 1rem; }
            h1 { font-size: 1.5rem; margin-bottom: .2rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
            p.lead, .note { color: var(--soft); }
            .cards { display: flex; flex-wrap: wrap; gap: .8rem; margin: 1.2rem 0; }
            .card { border: 1px solid var(--line); border-radius: .5rem; padding: .6rem 1rem; flex: 1 1 11rem; }
            .card b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
            .card span { color: var(--soft); font-size: .85rem; }
            .scroll { overflow-x: auto; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; font-size: .9rem; }
            th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
            th:first-child, td:first-child { text-align: left; } th { font-weight: 600; }
            td.good { background: var(--good); } td.bad { background: var(--bad); }
            svg { width: 100%; height: auto; font: 12px system-ui, sans-serif; }
            svg text { fill: var(--ink); } svg .tick { fill: var(--soft); text-anchor: middle; }
            svg .kind { text-anchor: end; } svg .grid { stroke: var(--line); }
            svg .bound { stroke: var(--ink); stroke-width: 2; }
            .s0 { fill: var(--s0); } .s1 { fill: var(--s1); } .s2 { fill: var(--s2); } .s3 { fill: var(--s3); }
            .key i { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; margin: 0 .3rem 0 1rem; }
            .key i.mark { width: 2px; background: var(--ink); }
            """;

    private EvaluationPage() {}

    public static String of(Evaluation evaluation) {
        Plan plan = evaluation.plan();
        EvaluationPlots plots = new EvaluationPlots(evaluation);
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>mayfly mesh eval</title>
                <style>
                %s</style>
                </head>
                <body>
                <h1>How well faults are found</h1>
                <p class="lead">%s; %d seeds of %d seconds, looked at in windows of %d seconds.</p>
                <div class="cards">
                %s</div>
                <h2>Found</h2>
                %s
                %s
                <h2>How long it took</h2>
                <p class="key"><i style="background:var(--s0)"></i>ours, P50 to P99<i class="mark"></i>bound: the probes that any\
                 rule with as few false alarms needs on average</p>
                %s
                <h2>Figures</h2>
                <div class="scroll">%s</div>
                <p class="note">Wrong counts sound components that were blamed at the end of any window. Between these ends,\
                 when the other rules say nothing, ours blamed %d more. Paths are known exactly, hosts tell the truth\
                 about themselves, and the nuisances are assumptions: busy hosts, a restart, a reboot, a clock step and a pause\
                 in each seed. The rules beside ours are our own versions of published ones; they take late for lost.</p>
                </body>
                </html>
                """.formatted(
                        STYLE,
                        words(plan.shape()),
                        evaluation.seeds(),
                        plan.seconds(),
                        plan.windowSeconds(),
                        cards(evaluation),
                        key(evaluation.localizers()),
                        plots.found(),
                        plots.times(),
                        table(evaluation),
                        evaluation.all(Evaluation.OURS).wrongMeanwhile());
    }

    /** For example {@code 1,024 cards: 4 pods of 8 leaves and 8 spines, 64 cores}. */
    public static String words(Shape shape) {
        String cores = shape.cores() > 0 ? ", " + shape.spines() * shape.cores() + " cores" : "";
        String rails = shape.rails() > 1 ? ", " + shape.rails() + " cards to a host" : "";
        return String.format(
                Locale.ROOT,
                "%,d cards: %d %s of %d leaves and %d spines%s%s",
                shape.cards(),
                shape.pods(),
                shape.pods() == 1 ? "pod" : "pods",
                shape.leaves(),
                shape.spines(),
                cores,
                rails);
    }

    private static String cards(Evaluation evaluation) {
        StringBuilder out = new StringBuilder();
        Score ours = evaluation.all(Evaluation.OURS);
        card(out, percent(ours.recall()), "of " + ours.faults() + " faults found");
        card(out, percent(ours.firstRight()), "named first, of faults that were alone");
        card(out, percent(ours.precision()), "of what was blamed was at fault");
        card(
                out,
                String.valueOf(evaluation.withoutFault(Evaluation.OURS).wrong()),
                "false alarms in seeds with nuisances only");
        return out.toString();
    }

    private static void card(StringBuilder out, String number, String words) {
        out.append("<div class=\"card\"><b>")
                .append(number)
                .append("</b><span>")
                .append(words)
                .append("</span></div>\n");
    }

    private static String key(List<String> names) {
        StringBuilder out = new StringBuilder("<p class=\"key\">");
        for (int i = 0; i < names.size(); i++) {
            out.append("<i style=\"background:var(--s")
                    .append(i)
                    .append(")\"></i>")
                    .append(shown(names.get(i)));
        }
        return out.append("</p>").toString();
    }

    private static String shown(String localizer) {
        return localizer.equals(Evaluation.OURS) ? "ours" : localizer;
    }

    private static String table(Evaluation evaluation) {
        List<String> names = evaluation.localizers();
        StringBuilder out = new StringBuilder("<table><thead><tr><th>fault</th><th>faults</th>");
        for (String name : names) {
            out.append("<th>").append(shown(name)).append("</th><th>wrong</th>");
        }
        out.append("<th>P50 s</th><th>P99 s</th><th>bound s</th></tr></thead><tbody>\n");
        for (FaultKind kind : evaluation.plan().kinds()) {
            Score ours = evaluation.of(Evaluation.OURS, kind);
            if (ours.faults() == 0) {
                continue;
            }
            out.append("<tr><td>")
                    .append(kind.words())
                    .append("</td><td>")
                    .append(ours.faults())
                    .append("</td>");
            double best = names.stream()
                    .mapToDouble(name -> evaluation.of(name, kind).recall())
                    .max()
                    .orElse(0);
            for (String name : names) {
                Score score = evaluation.of(name, kind);
                out.append(score.recall() >= best ? "<td class=\"good\">" : "<td>")
                        .append(percent(score.recall()))
                        .append(score.wrong() > 0 ? "</td><td class=\"bad\">" : "</td><td>")
                        .append(score.wrong())
                        .append("</td>");
            }
            out.append(String.format(
                    Locale.ROOT,
                    "<td>%d</td><td>%d</td><td>%.1f</td></tr>%n",
                    ours.secondsTo(0.5),
                    ours.secondsTo(0.99),
                    ours.secondsNeeded().orElse(0)));
        }
        out.append("<tr><td>nuisances only</td><td></td>");
        names.forEach(name -> out.append("<td></td><td>")
                .append(evaluation.withoutFault(name).wrong())
                .append("</td>"));
        return out.append("<td></td><td></td><td></td></tr></tbody></table>").toString();
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
}
