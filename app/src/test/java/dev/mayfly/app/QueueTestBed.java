package dev.mayfly.app;

import dev.mayfly.base.digest.Sha256Digest;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.queue.api.Answer;
import dev.mayfly.queue.api.Attempt;
import dev.mayfly.queue.api.Epoch;
import dev.mayfly.queue.api.JobId;
import dev.mayfly.queue.api.Prepared;
import dev.mayfly.queue.client.JobClient;
import dev.mayfly.queue.embedded.EmbeddedEngine;
import dev.mayfly.queue.embedded.EmbeddedSettings;
import dev.mayfly.queue.port.JobRunner;
import dev.mayfly.queue.port.WorkerEvents;
import dev.mayfly.queue.worker.Trials;
import dev.mayfly.queue.worker.Worker;
import dev.mayfly.queue.worker.WorkerSettings;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.store.sqlite.SqliteStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The embedded queue with jobs that are plain words: {@code ok}, {@code red}, {@code refused}, {@code slow …}. */
final class QueueTestBed implements AutoCloseable, JobRunner {
    private final EmbeddedEngine engine;
    private final JobClient client;
    final CopyOnWriteArrayList<String> ran = new CopyOnWriteArrayList<>();

    QueueTestBed(Path folder) {
        engine = EmbeddedEngine.start(
                SqliteStore.open(
                        folder.resolve("queue.db"),
                        EmbeddedEngine.SCHEMA,
                        SqliteOptions.DEFAULT,
                        Clock.systemUTC(),
                        Log.off()),
                EmbeddedSettings.DEFAULT,
                Clock.systemUTC(),
                Ticker.system(),
                IdSource.random(),
                Log.off());
        client = new JobClient(engine, this, "run.req.default", Clock.systemUTC());
    }

    EmbeddedEngine engine() {
        return engine;
    }

    JobClient client() {
        return client;
    }

    Worker worker() {
        return Worker.start(new Worker.Parts(
                new Epoch(
                        IdSource.random().next(),
                        "home/0",
                        WorkerProcess.current().text()),
                engine,
                this,
                _ -> false,
                WorkerEvents.none(),
                WorkerSettings.of(1),
                Trials.none(),
                Clock.systemUTC(),
                Ticker.system(),
                Log.off()));
    }

    static byte[] bytes(String request) {
        return request.getBytes(StandardCharsets.UTF_8);
    }

    static JobId id(String request) {
        return new JobId("r_" + Sha256Digest.of(bytes(request)).hex());
    }

    @Override
    public Prepared prepare(byte[] request) {
        String text = new String(request, StandardCharsets.UTF_8);
        if (text.startsWith("bad")) {
            throw new MayflyException(ErrorCode.REQUEST_INVALID, "not a request", "it is bad", "make it good");
        }
        return new Prepared(id(text), true, Duration.ofSeconds(5), text);
    }

    @Override
    public Answer run(byte[] request, Attempt attempt) throws InterruptedException {
        String text = new String(request, StandardCharsets.UTF_8);
        ran.add(text);
        if (text.startsWith("slow")) {
            Thread.sleep(30_000);
        }
        if (text.startsWith("refused")) {
            throw new MayflyException(ErrorCode.POLICY_REFUSES, "the policy refuses it", "it says so", "ask for less");
        }
        String verdict = text.startsWith("red") ? "red" : "green";
        return new Answer.Graded(verdict, verdict.equals("red") ? 20 : 0, "{\"verdict\":\"" + verdict + "\"}");
    }

    @Override
    public void requireReady() {}

    @Override
    public Optional<Answer> recall(Attempt attempt) {
        return Optional.empty();
    }

    @Override
    public void close() {
        engine.close();
    }
}
