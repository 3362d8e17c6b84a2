package dev.mayfly.app;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.local.CallContext;
import dev.mayfly.base.local.Reply;
import dev.mayfly.base.time.Deadline;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.DeadLetter;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Prepared;
import dev.mayfly.queue.client.JobClient;
import dev.mayfly.queue.client.Submission;
import dev.mayfly.queue.port.Answers;
import dev.mayfly.queue.port.WorkQueue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** What can be asked about jobs of the queue. */
final class QueueOperations {
    private static final long MAX_WAIT_SEC = 7 * 24 * 3600;
    private static final long USUAL_WAIT_SEC = 3600;
    private static final int MAX_ROWS = 10_000;

    private final Supplier<JobClient> client;
    private final Supplier<JobBoard> board;
    private final Supplier<WorkQueue> queue;

    QueueOperations(Supplier<JobClient> client, Supplier<JobBoard> board, Supplier<WorkQueue> queue) {
        this.client = client;
        this.board = board;
        this.queue = queue;
    }

    Reply submit(byte[] request, Parameters parameters, CallContext context) throws InterruptedException {
        if (!parameters.flag("wait")) {
            Submission sent = client.get().submit(request);
            return done(sent(sent));
        }
        Deadline deadline = deadline(parameters);
        Prepared job = client.get().prepare(request);
        try (Answers.Listener listener = client.get().listen(job.id())) {
            Submission sent = client.get().submit(job, request);
            JobId id = sent.entry().id();
            if (sent.known()) {
                context.progress(
                        brief(id) + ": known already, " + sent.entry().state().word());
            }
            return answered(
                    client.get().await(sent, listener, deadline, word -> context.progress(brief(id) + ": " + word)));
        }
    }

    /** Enough to ask for it; lines of progress are read, not copied. */
    private static String brief(JobId id) {
        return id.value().substring(0, 14);
    }

    private static JsonObject sent(Submission sent) {
        return JsonObject.of()
                .with("run_id", sent.entry().id().value())
                .with("state", sent.entry().state().word())
                .with("known", sent.known());
    }

    Reply result(Parameters parameters, CallContext context) throws InterruptedException {
        JobEntry entry = board.get().entry(parameters.text("run_id").orElse(""));
        Deadline deadline =
                parameters.flag("wait") ? deadline(parameters) : Deadline.in(Duration.ZERO, Ticker.system());
        try (Answers.Listener listener = client.get().listen(entry.id())) {
            return answered(client.get()
                    .await(entry.id(), listener, deadline, word -> context.progress(brief(entry.id()) + ": " + word)));
        }
    }

    Reply cancel(Parameters parameters) {
        JobEntry entry = client.get()
                .cancel(board.get().entry(parameters.text("run_id").orElse("")).id());
        return done(JsonObject.of()
                .with("run_id", entry.id().value())
                .with("state", entry.state().word())
                .with("cancel_wanted", entry.cancelWanted()));
    }

    Reply deadLetters(Parameters parameters) {
        int limit = (int) parameters.number("limit", 1, MAX_ROWS).orElse(20);
        List<JsonObject> rows = queue.get().deadLetters(limit).stream()
                .map(QueueOperations::row)
                .toList();
        return parameters.text("format").filter("text"::equals).isPresent()
                ? done(new JsonString(Table.of(rows, List.of("number", "at", "run_id", "bytes", "reason"))))
                : done(new JsonArray(List.copyOf(rows)));
    }

    private static JsonObject row(DeadLetter letter) {
        return JsonObject.of()
                .with("number", letter.number())
                .with("at", letter.at().toString())
                .with("run_id", letter.job().map(JobId::value).orElse(""))
                .with("subject", letter.message().subject())
                .with("message_id", letter.message().id())
                .with("bytes", letter.message().body().length)
                .with("reason", letter.reason());
    }

    Reply requeue(Parameters parameters) {
        long number = parameters
                .number("number", 0, Long.MAX_VALUE >> 10)
                .orElseThrow(() -> new MayflyException(
                        ErrorCode.USAGE, "which dead letter?", "a number is needed", "mayfly job dlq ls"));
        client.get().requeue(number);
        return done(JsonObject.of().with("number", number).with("requeued", true));
    }

    private static Deadline deadline(Parameters parameters) {
        long seconds = parameters.number("timeout_sec", 0, MAX_WAIT_SEC).orElse(USUAL_WAIT_SEC);
        return Deadline.in(Duration.ofSeconds(seconds), Ticker.system());
    }

    private static Reply answered(JobEntry entry) {
        return switch (entry.answer().orElseThrow()) {
            case Answer.Graded graded ->
                new Reply.Done(
                        graded.exitCode(), JsonReader.read(graded.result().getBytes(StandardCharsets.UTF_8)));
            case Answer.Failed failed ->
                new Reply.Failed(failed.code(), failed.what(), failed.why(), failed.fix(), failed.exitCode());
        };
    }

    private static Reply done(JsonValue value) {
        return new Reply.Done(ExitCode.GREEN.number(), value);
    }
}
