package dev.mayfly.queue.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.queue.api.Message;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** What the contracts of the three ports have in common. A subclass says where an engine keeps its state. */
@Timeout(120)
abstract class EngineContract {
    /** Long enough for anything that must happen on a busy machine. */
    static final Duration LONG = Duration.ofSeconds(20);

    /** Long enough to believe that nothing comes. */
    static final Duration SHORT = Duration.ofMillis(150);

    /** A new state with nothing in it; what it needs is cleared away by the subclass after each test. */
    protected abstract EngineHome home(EngineTerms terms) throws Exception;

    private final List<Engine> opened = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void closeAll() {
        opened.reversed().forEach(Engine::close);
        threads.close();
    }

    Engine open(EngineHome home) throws Exception {
        Engine engine = home.open();
        opened.add(engine);
        return engine;
    }

    Engine openNew(EngineTerms terms) throws Exception {
        return open(home(terms));
    }

    <T> Future<T> meanwhile(Callable<T> task) {
        return threads.submit(task);
    }

    /** Ten tries, so that one that met a busy moment does not decide. */
    static void assertUsuallyWithin(Duration limit, Callable<Duration> oneTry) throws Exception {
        Duration[] took = new Duration[10];
        for (int i = 0; i < took.length; i++) {
            took[i] = oneTry.call();
        }
        Arrays.sort(took);
        assertThat(took[took.length / 2]).as("median of %s", List.of(took)).isLessThanOrEqualTo(limit);
    }

    static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }

    static Message message(String id, String body) {
        return new Message("run.req.default", id, body.getBytes(StandardCharsets.UTF_8));
    }

    static String text(Message message) {
        return new String(message.body(), StandardCharsets.UTF_8);
    }
}
