package dev.mayfly.sandbox.request;

import dev.mayfly.base.json.JsonLimits;

/** Bounds of a request. The same numbers stand in {@code schemas/request.schema.json}, as far as a schema can say them. */
public final class RequestLimits {
    public static final int BYTES = 16 << 20;
    public static final int FILES = 10_000;
    public static final int ENV = 1_000;
    public static final int ENV_NAME = 256;
    public static final int ARGUMENTS = 4_096;
    public static final int RULES = 256;
    public static final int RULE_TEXT = 512;
    public static final int OUTPUTS = 256;
    public static final int PATH_TEXT = 4_095;
    public static final int TIMEOUT_SECONDS = 60;

    /** Linux gives one argument or variable 32 pages with its final NUL (execve(2), MAX_ARG_STRLEN). */
    public static final int ARGUMENT_BYTES = 131_071;

    /** All arguments and variables together; Linux allows a quarter of the stack limit, 2 MiB by default. */
    public static final int ARGUMENTS_BYTES = 1 << 20;

    static final JsonLimits JSON = new JsonLimits(BYTES, 8, 200_000);

    private RequestLimits() {}
}
