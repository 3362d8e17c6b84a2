package dev.mayfly.app.mesh;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.base.program.Voice;
import dev.mayfly.mesh.ping.PingSink;
import dev.mayfly.mesh.ping.PingSums;
import dev.mayfly.mesh.probe.ProbeOutcome;
import dev.mayfly.mesh.probe.Sketch;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.soft.Soft;
import dev.mayfly.mesh.transport.Stamping;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Says each probe as a line and all of them as a table; with JSON each is an object in a line of its own. */
final class PingVoice implements PingSink {
    private final Voice voice;
    private final boolean json;
    private final Stamping stamping;

    PingVoice(Voice voice, boolean json, Stamping stamping) {
        this.voice = voice;
        this.json = json;
        this.stamping = stamping;
    }

    void begin(HostWords host, Soft.Choice choice) {
        if (json) {
            return;
        }
        voice.result("probing " + host.shown() + " from " + host.from() + ", stamps of the " + stamping.word());
        if (stamping == Stamping.PROGRAM) {
            voice.progress("the network's part contains that of both hosts, because " + choice.why()
                    + (choice.fix().isEmpty() ? "" : "; " + choice.fix()));
        }
    }

    @Override
    public void told(int count, int sourcePort, ProbeOutcome outcome, boolean again) {
        if (json) {
            voice.result(JsonWriter.compact(object(count, sourcePort, outcome, again)));
            return;
        }
        String parts = outcome.timing()
                .map(timing -> "  network " + micros(timing.networkNanos()) + "  responder "
                        + micros(timing.responderNanos()) + "  prober " + micros(timing.proberNanos()))
                .orElse("");
        voice.result(String.format(
                        Locale.ROOT,
                        "%4d  port %d  %s%s%s",
                        count,
                        sourcePort,
                        padded(outcome.verdict().word()),
                        parts,
                        again ? "  (after all)" : "")
                .stripTrailing());
    }

    private JsonObject object(int count, int sourcePort, ProbeOutcome outcome, boolean again) {
        JsonObject object = JsonObject.of()
                .with("probe", count)
                .with("source_port", sourcePort)
                .with("verdict", outcome.verdict().word())
                .with("revised", again)
                .with("stamps", stamping.word());
        return outcome.timing()
                .map(timing -> object.with("network_ns", timing.networkNanos())
                        .with("responder_ns", timing.responderNanos())
                        .with("prober_ns", timing.proberNanos()))
                .orElse(object);
    }

    void end(PingSums sums) {
        if (json) {
            voice.result(JsonWriter.compact(summary(sums)));
            return;
        }
        StringBuilder out = new StringBuilder("\n");
        out.append(sums.sent()).append(sums.sent() == 1 ? " probe" : " probes");
        for (Verdict verdict : Verdict.values()) {
            if (sums.count(verdict) > 0) {
                out.append(String.format(
                        Locale.ROOT,
                        ", %d %s (%.1f %%)",
                        sums.count(verdict),
                        verdict.word(),
                        100.0 * sums.count(verdict) / sums.sent()));
            }
        }
        if (sums.judged() < sums.sent()) {
            out.append(", ").append(sums.sent() - sums.judged()).append(" still away");
        }
        out.append('\n');
        if (sums.network().count() > 0) {
            out.append(String.format(Locale.ROOT, "%-10s %12s %12s %12s%n", "", "P50", "P99", "most"));
            line(out, "network", sums.network());
            line(out, "responder", sums.responder());
            line(out, "prober", sums.prober());
        }
        if (sums.paths().size() > 1) {
            paths(out, sums);
        }
        voice.result(out.toString().stripTrailing());
    }

    private static void paths(StringBuilder out, PingSums sums) {
        out.append(String.format(Locale.ROOT, "%n%-10s %6s %6s %12s %12s%n", "port", "probes", "lost", "P50", "P99"));
        sums.paths()
                .forEach((port, path) -> out.append(String.format(
                        Locale.ROOT,
                        "%-10d %6d %6d %12s %12s%n",
                        port,
                        path.probes(),
                        path.blamed(),
                        micros(path.network().quantile(0.5)),
                        micros(path.network().quantile(0.99)))));
    }

    private JsonObject summary(PingSums sums) {
        JsonObject verdicts = JsonObject.of();
        for (Verdict verdict : Verdict.values()) {
            verdicts = verdicts.with(verdict.word(), sums.count(verdict));
        }
        List<JsonValue> paths = new ArrayList<>();
        sums.paths()
                .forEach((port, path) -> paths.add(JsonObject.of()
                        .with("source_port", port)
                        .with("probes", path.probes())
                        .with("lost", path.blamed())
                        .with("network", quantiles(path.network()))));
        return JsonObject.of()
                .with("probes", sums.sent())
                .with("verdicts", verdicts)
                .with("stamps", stamping.word())
                .with("network", quantiles(sums.network()))
                .with("responder", quantiles(sums.responder()))
                .with("prober", quantiles(sums.prober()))
                .with("paths", new JsonArray(paths));
    }

    private static JsonObject quantiles(Sketch sketch) {
        return JsonObject.of()
                .with("p50_ns", sketch.quantile(0.5))
                .with("p99_ns", sketch.quantile(0.99))
                .with("most_ns", sketch.most());
    }

    private static void line(StringBuilder out, String what, Sketch sketch) {
        out.append(String.format(
                Locale.ROOT,
                "%-10s %12s %12s %12s%n",
                what,
                micros(sketch.quantile(0.5)),
                micros(sketch.quantile(0.99)),
                micros(sketch.most())));
    }

    static String micros(long nanos) {
        return String.format(Locale.ROOT, "%9.1f us", nanos / 1e3);
    }

    private static String padded(String verdict) {
        return verdict + " ".repeat(Math.max(0, 10 - verdict.length()));
    }
}
