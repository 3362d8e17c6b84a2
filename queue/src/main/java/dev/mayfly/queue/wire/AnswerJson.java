package dev.mayfly.queue.wire;

import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonWriter;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.JobId;
import java.nio.charset.StandardCharsets;

/** Answers as they are kept, and as they are sent. */
public final class AnswerJson {
    private AnswerJson() {}

    /** As it is kept. The result goes in as text, so that its bytes stay what they were. */
    public static JsonObject kept(Answer answer) {
        return switch (answer) {
            case Answer.Graded graded ->
                JsonObject.of()
                        .with("verdict", graded.verdict())
                        .with("exit_code", graded.exitCode())
                        .with("result", graded.result());
            case Answer.Failed failed -> error(failed);
        };
    }

    /** @throws dev.mayfly.base.error.MayflyException {@code STATE_CORRUPT} */
    public static Answer read(String kept) {
        return read(Members.parse("an answer", kept));
    }

    static Answer read(Members members) {
        int exitCode = members.integer("exit_code");
        return members.object().get("result").isPresent()
                ? new Answer.Graded(members.text("verdict"), exitCode, members.text("result"))
                : new Answer.Failed(
                        members.text("code"), members.text("what"), members.text("why"), members.text("fix"), exitCode);
    }

    /**
     * As it is sent to whoever waits: the result itself, or {@code {"run_id": …, "error": {code, what, why, fix,
     * exit_code}}}, which no result looks like.
     */
    public static byte[] sent(JobId job, Answer answer) {
        return switch (answer) {
            case Answer.Graded graded -> graded.result().getBytes(StandardCharsets.UTF_8);
            case Answer.Failed failed ->
                JsonWriter.compact(JsonObject.of().with("run_id", job.value()).with("error", error(failed)))
                        .getBytes(StandardCharsets.UTF_8);
        };
    }

    private static JsonObject error(Answer.Failed failed) {
        return JsonObject.of()
                .with("code", failed.code())
                .with("what", failed.what())
                .with("why", failed.why())
                .with("fix", failed.fix())
                .with("exit_code", failed.exitCode());
    }
}
