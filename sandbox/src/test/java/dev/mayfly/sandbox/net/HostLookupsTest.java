package dev.mayfly.sandbox.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Names whose server never answers, as a job can bring them along, and other runs beside it. */
@Timeout(60)
class HostLookupsTest {
    private final CountDownLatch nameServer = new CountDownLatch(1);
    private final AtomicInteger stuck = new AtomicInteger();
    private final List<InetAddress> answer = List.of(InetAddress.getLoopbackAddress());

    /** Names that begin with "slow" are answered when the latch opens, as by a getaddrinfo that nobody can interrupt. */
    private List<InetAddress> blocking(String name) throws UnknownHostException {
        if (name.startsWith("slow")) {
            stuck.incrementAndGet();
            try {
                nameServer.await();
            } catch (InterruptedException e) {
                throw new UnknownHostException(name);
            } finally {
                stuck.decrementAndGet();
            }
        }
        return answer;
    }

    @AfterEach
    void answerAll() {
        nameServer.countDown();
    }

    private static <T> FutureTask<T> start(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofVirtual().start(task);
        return task;
    }

    private static List<FutureTask<List<InetAddress>>> flood(Resolver run, int lookups) {
        List<FutureTask<List<InetAddress>>> asked = new ArrayList<>();
        for (int i = 0; i < lookups; i++) {
            String name = "slow" + i + ".example";
            asked.add(start(() -> run.resolve(name)));
        }
        return asked;
    }

    private static void awaitFailures(List<FutureTask<List<InetAddress>>> asked) {
        for (FutureTask<?> one : asked) {
            assertThatThrownBy(() -> one.get(20, TimeUnit.SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(UnknownHostException.class);
        }
    }

    @Test
    void a_run_that_holds_all_it_can_does_not_keep_another_from_looking_up() throws Exception {
        HostLookups host = new HostLookups(this::blocking, Duration.ofSeconds(5));
        Resolver hostile = host.forOneRun();
        flood(hostile, 100);
        long until = System.nanoTime() + Duration.ofSeconds(4).toNanos();
        while (stuck.get() < 4 && System.nanoTime() < until) {
            Thread.sleep(1);
        }
        assertThat(host.forOneRun().resolve("good.example")).isEqualTo(answer);
        assertThat(stuck).hasValue(4);
    }

    @Test
    void fifteen_such_runs_do_not_either() throws Exception {
        HostLookups host = new HostLookups(this::blocking, Duration.ofSeconds(5));
        for (int i = 0; i < 15; i++) {
            flood(host.forOneRun(), 20);
        }
        long until = System.nanoTime() + Duration.ofSeconds(4).toNanos();
        while (stuck.get() < 60 && System.nanoTime() < until) {
            Thread.sleep(1);
        }
        assertThat(stuck).hasValue(60);
        assertThat(host.forOneRun().resolve("good.example")).isEqualTo(answer);
    }

    @Test
    void what_nobody_waits_for_any_more_still_counts_until_it_has_ended() throws Exception {
        HostLookups host = new HostLookups(this::blocking, Duration.ofMillis(300));
        Resolver hostile = host.forOneRun();
        for (int round = 0; round < 3; round++) {
            awaitFailures(flood(hostile, 10));
        }
        assertThat(stuck).hasValue(4);
        assertThatThrownBy(() -> hostile.resolve("good.example")).hasMessageContaining("of this run at once");
        nameServer.countDown();
        long until = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (stuck.get() > 0 && System.nanoTime() < until) {
            Thread.sleep(1);
        }
        assertThat(hostile.resolve("good.example")).isEqualTo(answer);
    }

    @Test
    void a_failure_gives_its_lookup_back() {
        HostLookups host = new HostLookups(
                name -> {
                    throw new UnknownHostException(name);
                },
                Duration.ofSeconds(5));
        Resolver run = host.forOneRun();
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> run.resolve("gone.example")).hasMessage("gone.example");
        }
    }
}
