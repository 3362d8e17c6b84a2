package dev.mayfly.sandbox.run;

import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.json.JsonValue.JsonObject;

/** A recorded result, as it is printed, and the process exit code that its verdict stands for. */
public record RunOutcome(JsonObject result, ExitCode exitCode) {}
