package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import java.math.BigDecimal;
import java.math.MathContext;

/** Measured numbers as JSON, with as many digits as they are worth. */
final class Numbers {
    private static final MathContext WORTH = new MathContext(5);

    private Numbers() {}

    static JsonNumber json(double value) {
        return new JsonNumber(new BigDecimal(value, WORTH).stripTrailingZeros());
    }

    static JsonObject json(Series series) {
        return JsonObject.of()
                .with("id", series.id())
                .with("name", series.name())
                .with("runs", series.count())
                .with("min_ms", json(series.min()))
                .with("p50_ms", json(series.p50()))
                .with("p95_ms", json(series.millis(95)))
                .with("p99_ms", json(series.millis(99)))
                .with("max_ms", json(series.max()))
                .with("per_second", json(series.perSecond()));
    }
}
