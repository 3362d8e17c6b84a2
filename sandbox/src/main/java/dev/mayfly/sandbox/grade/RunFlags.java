package dev.mayfly.sandbox.grade;

import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What the caller says beside the request.
 *
 * @param timeoutSec replaces the request's {@code timeout_sec}
 * @param seed replaces the request's {@code seed}
 */
public record RunFlags(OptionalInt timeoutSec, OptionalLong seed, boolean strict, boolean allowDegraded) {
    public static final RunFlags NONE = new RunFlags(OptionalInt.empty(), OptionalLong.empty(), false, false);
}
