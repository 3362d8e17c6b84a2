package dev.mayfly.queue.api;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import java.util.Objects;

/** What came of a job. Stored once for each job and never changed, so that every asker gets the same bytes. */
public sealed interface Answer {
    /** What {@code mayfly submit --wait} ends with. */
    int exitCode();

    /**
     * The job was graded.
     *
     * @param verdict {@code green}, {@code yellow} or {@code red}
     * @param result the result as JSON, as it is handed out
     */
    record Graded(String verdict, int exitCode, String result) implements Answer {
        public Graded {
            Objects.requireNonNull(verdict, "verdict");
            Objects.requireNonNull(result, "result");
        }
    }

    /** There is no result, and trying again would not give one: refused, cancelled, dead, or of unknown outcome. */
    record Failed(String code, String what, String why, String fix, int exitCode) implements Answer {
        public Failed {
            Objects.requireNonNull(code, "code");
            Objects.requireNonNull(what, "what");
            Objects.requireNonNull(why, "why");
            Objects.requireNonNull(fix, "fix");
        }

        public static Failed of(MayflyException failure) {
            return of(failure.code(), failure.what(), failure.why(), failure.fix());
        }

        public static Failed of(ErrorCode code, String what, String why, String fix) {
            return new Failed(code.label(), what, why, fix, code.exitCode().number());
        }
    }
}
