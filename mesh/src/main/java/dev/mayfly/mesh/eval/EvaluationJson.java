package dev.mayfly.mesh.eval;

import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.mesh.topology.Shape;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;

/** The scores as JSON. Shares are from 0 to 1. */
public final class EvaluationJson {
    private static final MathContext WORTH = new MathContext(5);

    private EvaluationJson() {}

    public static JsonObject of(Evaluation evaluation) {
        Plan plan = evaluation.plan();
        List<JsonValue> kinds = new ArrayList<>();
        for (FaultKind kind : plan.kinds()) {
            kinds.add(kind(evaluation, kind));
        }
        JsonObject all = JsonObject.of();
        JsonObject nuisances = JsonObject.of();
        for (String name : evaluation.localizers()) {
            all = all.with(name, score(evaluation.all(name)));
            nuisances = nuisances.with(name, evaluation.withoutFault(name).wrong());
        }
        return JsonObject.of()
                .with("fabric", shape(plan.shape()))
                .with("seeds", evaluation.seeds())
                .with("seconds", plan.seconds())
                .with("window_seconds", plan.windowSeconds())
                .with("windows_carried", plan.carried())
                .with("kinds", new JsonArray(kinds))
                .with("wrong_by_nuisances_only", nuisances)
                .with("all", all)
                .with("wrong_meanwhile", evaluation.all(Evaluation.OURS).wrongMeanwhile());
    }

    public static JsonObject shape(Shape shape) {
        return JsonObject.of()
                .with("cards", shape.cards())
                .with("pods", shape.pods())
                .with("leaves", shape.leaves())
                .with("spines", shape.spines())
                .with("cores", shape.cores())
                .with("hosts", shape.hosts())
                .with("rails", shape.rails());
    }

    private static JsonObject kind(Evaluation evaluation, FaultKind kind) {
        Score ours = evaluation.of(Evaluation.OURS, kind);
        JsonObject rules = JsonObject.of();
        for (String name : evaluation.localizers()) {
            rules = rules.with(name, score(evaluation.of(name, kind)));
        }
        JsonObject object = JsonObject.of()
                .with("kind", kind.id())
                .with("words", kind.words())
                .with("faults", ours.faults())
                .with("rules", rules)
                .with("seconds_p50", ours.secondsTo(0.5))
                .with("seconds_p99", ours.secondsTo(0.99));
        return ours.secondsNeeded().isEmpty()
                ? object
                : object.with("seconds_bound", number(ours.secondsNeeded().getAsDouble()));
    }

    private static JsonObject score(Score score) {
        return JsonObject.of()
                .with("found", number(score.recall()))
                .with("first_right", number(score.firstRight()))
                .with("precision", number(score.precision()))
                .with("wrong", score.wrong());
    }

    static JsonNumber number(double value) {
        return new JsonNumber(new BigDecimal(value, WORTH).stripTrailingZeros());
    }
}
