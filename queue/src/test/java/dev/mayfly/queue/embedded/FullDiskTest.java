package dev.mayfly.queue.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.queue.api.JobEntry;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.queue.api.Message;
import dev.mayfly.queue.contract.Engine;
import dev.mayfly.queue.contract.EngineTerms;
import dev.mayfly.queue.contract.SampleJobs;
import dev.mayfly.queue.port.Delivery;
import dev.mayfly.queue.port.WorkQueue;
import dev.mayfly.store.sqlite.SqliteOptions;
import dev.mayfly.testkit.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No room is a state that passes: nothing that was acknowledged is lost by it. */
@Timeout(120)
class FullDiskTest {
    private static final byte[] BODY = new byte[20_000];

    @TempDir
    Path temp;

    private static void assertNoRoom(Callable<?> call) {
        assertThatThrownBy(call::call)
                .isInstanceOfSatisfying(
                        MayflyException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STATE_UNAVAILABLE));
    }

    /** Publishes until there is no room; returns the ids that were acknowledged. */
    private static List<String> fill(WorkQueue queue, String prefix) {
        List<String> acknowledged = new ArrayList<>();
        assertNoRoom(() -> {
            for (int i = 0; i < 1000; i++) {
                queue.publish(new Message("run.req.default", prefix + i, BODY));
                acknowledged.add(prefix + i);
            }
            return null;
        });
        return acknowledged;
    }

    private static List<String> drain(WorkQueue queue) throws InterruptedException {
        List<String> came = new ArrayList<>();
        for (Optional<Delivery> next = queue.next(Duration.ofMillis(100));
                next.isPresent();
                next = queue.next(Duration.ofMillis(100))) {
            assertThat(next.get().message().body()).isEqualTo(BODY);
            came.add(next.get().message().id());
            assertThat(next.get().ack()).isTrue();
        }
        return came;
    }

    @Test
    void a_file_at_its_limit_takes_nothing_more_and_gives_everything_back() throws Exception {
        EmbeddedHome small = new EmbeddedHome(
                temp, EngineTerms.CALM, SqliteOptions.DEFAULT.withMaxBytes(500_000), Clock.systemUTC());
        List<String> acknowledged;
        JobEntry claimed;
        try (Engine engine = small.open()) {
            JobEntry job = engine.ledger().store(SampleJobs.queued(1)).orElseThrow();
            claimed = engine.ledger()
                    .store(job.claimed(SampleJobs.WORKER, SampleJobs.NOON))
                    .orElseThrow();
            acknowledged = fill(engine.queue(), "a");
            assertThat(acknowledged).hasSizeBetween(10, 30);
            assertNoRoom(() -> engine.ledger()
                    .store(claimed.ended(JobState.DONE, SampleJobs.graded("x".repeat(100_000)), SampleJobs.NOON)));
            assertThat(engine.ledger().find(job.id())).contains(claimed);

            // Room comes from what is done, so the queue gets out of it by itself.
            Delivery first = engine.queue().next(Duration.ZERO).orElseThrow();
            assertThat(first.ack()).isTrue();
            assertThat(first.message().id()).isEqualTo(acknowledged.removeFirst());
            assertThat(engine.queue().publish(new Message("run.req.default", "later", BODY)))
                    .isTrue();
            acknowledged.add("later");
            assertThat(engine.queue().depth().waiting()).isEqualTo(acknowledged.size());
        }
        try (Engine engine = EmbeddedHome.in(temp, EngineTerms.CALM).open()) {
            assertThat(drain(engine.queue())).isEqualTo(acknowledged);
            assertThat(engine.ledger().find(claimed.id())).contains(claimed);
            assertThat(engine.ledger()
                            .store(claimed.ended(
                                    JobState.DONE, SampleJobs.graded("x".repeat(100_000)), SampleJobs.NOON)))
                    .isPresent();
        }
    }

    @Test
    void a_full_disk_stops_everything_and_loses_nothing() throws Exception {
        Needs.linux();
        Needs.root();
        Path disk = Files.createDirectory(temp.resolve("mayfly-disk"));
        Needs.that(
                run("mount", "-t", "tmpfs", "-o", "size=2m", "mayfly-test", disk.toString()) == 0,
                "mounts",
                "mounting a tmpfs failed");
        try (Engine engine = EmbeddedHome.in(disk, EngineTerms.CALM).open()) {
            WorkQueue queue = engine.queue();
            JobEntry job = engine.ledger().store(SampleJobs.queued(1)).orElseThrow();
            queue.publish(new Message("run.req.default", "held", BODY));
            Delivery held = queue.next(Duration.ZERO).orElseThrow();
            queue.publish(new Message("run.req.default", "waits", BODY));
            Path ballast = disk.resolve("ballast");
            fillUp(ballast);
            List<String> acknowledged = new ArrayList<>(List.of("waits"));
            acknowledged.addAll(fill(queue, "a"));
            // What one large message did not fit into may have room for small changes.
            assertNoRoom(() -> {
                for (int i = 0; i < 1000; i++) {
                    engine.ledger().beat(SampleJobs.WORKER, i);
                }
                return null;
            });
            for (Callable<?> call : List.<Callable<?>>of(
                    () -> queue.next(Duration.ofSeconds(5)),
                    () -> queue.publish(new Message("run.req.default", "more", BODY)),
                    () -> engine.ledger().store(job.claimed(SampleJobs.WORKER, SampleJobs.NOON)),
                    () -> {
                        queue.bury(held, Optional.empty(), "dead");
                        return null;
                    })) {
                assertNoRoom(call);
            }
            assertThat(held.ack()).isFalse();
            held.extend();
            held.retry(Duration.ZERO);

            Files.delete(ballast);
            assertThat(engine.ledger().find(job.id())).contains(job);
            assertThat(held.ack()).isTrue();
            assertThat(drain(queue)).isEqualTo(acknowledged);
            assertThat(engine.ledger().store(job.claimed(SampleJobs.WORKER, SampleJobs.NOON)))
                    .isPresent();
        } finally {
            assertThat(run("umount", disk.toString())).isZero();
        }
    }

    /** Takes all room of a small disk but for less than a page. */
    private static void fillUp(Path ballast) throws Exception {
        try (var out = Files.newOutputStream(ballast)) {
            for (int i = 0; i < 1024; i++) {
                out.write(new byte[4096]);
            }
        } catch (java.io.IOException e) {
            assertThat(e).hasMessageContaining("space");
        }
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }
}
