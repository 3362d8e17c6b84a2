package dev.mayfly.base.local;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ErrorText;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue;
import java.util.Objects;

/** The one answer to a call. */
public sealed interface Reply {
    /** What the process that asked ends with. */
    int exitCode();

    /** The operation ran to its end; {@code exitCode} is its verdict, {@code result} what goes to stdout. */
    record Done(int exitCode, JsonValue result) implements Reply {
        public Done {
            Objects.requireNonNull(result, "result");
            checkExitCode(exitCode);
        }
    }

    /**
     * The operation failed. The code is a label and not an {@link ErrorCode}, because the service may be newer than
     * the client that prints it.
     */
    record Failed(String code, String what, String why, String fix, int exitCode) implements Reply {
        public Failed {
            Objects.requireNonNull(code, "code");
            Objects.requireNonNull(what, "what");
            Objects.requireNonNull(why, "why");
            Objects.requireNonNull(fix, "fix");
            checkExitCode(exitCode);
        }

        public static Failed of(MayflyException failure) {
            return of(failure.code(), failure.what(), failure.why(), failure.fix());
        }

        public static Failed of(ErrorCode code, String what, String why, String fix) {
            return new Failed(code.label(), what, why, fix, code.exitCode().number());
        }

        /** The shape in which every error is printed on stderr. */
        public String render() {
            return ErrorText.render(code, what, why, fix);
        }
    }

    private static void checkExitCode(int exitCode) {
        if (exitCode < 0 || exitCode > 255) {
            throw new IllegalArgumentException("an exit code is 0 to 255, not " + exitCode);
        }
    }
}
