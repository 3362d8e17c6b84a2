package dev.mayfly.bench;

import dev.mayfly.base.json.JsonValue.JsonObject;

/** A part of the benchmark that this machine cannot run. */
record NotRun(String name, String why) {
    JsonObject json() {
        return JsonObject.of().with("name", name).with("why", why);
    }
}
