package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;

/**
 * One thing's times, by the clock and of this process on its processors.
 *
 * @param processor what programs that were started used is not in it
 */
record Timed(Series wall, Series processor) {
    static Timed of(String id, String name) {
        return new Timed(new Series(id, name), new Series(id, name));
    }

    JsonObject json() {
        return Numbers.json(wall)
                .with("processor_p50_ms", Numbers.json(processor.p50()))
                .with("processor_min_ms", Numbers.json(processor.min()));
    }
}
