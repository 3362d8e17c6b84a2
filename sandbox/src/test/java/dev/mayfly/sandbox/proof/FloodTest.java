package dev.mayfly.sandbox.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.sandbox.Repository;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.cgroup.InstanceId;
import dev.mayfly.sandbox.slot.UidRange;
import dev.mayfly.testkit.Needs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a job may throw at the service in masses: processes that will not die, output without end. */
class FloodTest {
    private static final int DAEMONS = 500;
    /** The promise is 10 ms on two idle cores (see the benchmarks); this bound is for a machine that does other things. */
    private static final Duration DIES_WITHIN = Duration.ofSeconds(5);

    private static final long GIGABYTE = 1L << 30;
    private static final long EXTRA_MEMORY = 64L << 20;

    private final UidRange uids = ProofSandbox.uidsOf(Traces.SELF);

    @Test
    void a_deadline_ends_five_hundred_daemons_that_ignore_every_signal(@TempDir Path home) throws Exception {
        Parts.needNativeBackend();
        Path army = home.resolve("army");
        compile(Repository.path("sandbox/src/test/native/army.c"), army);
        String policy = Parts.policy(30, 30_000, 1024, 600, 64);
        List<Long> latencies = new ArrayList<>();
        try (ProofSandbox sandbox = ProofSandbox.open(home, policy, SlotNetworks.none("not under test"), 1)) {
            for (int i = 0; i < 3; i++) {
                Result result = sandbox.run(Parts.command("exec ./army " + DAEMONS)
                        .with("files", new JsonArray(List.of(Parts.file("army", Files.readAllBytes(army)))))
                        .with("timeout_sec", 3));
                assertThat(Traces.processes(uids)).as("processes of the job").isEmpty();
                assertThat(result.text("stdout")).as(result.brief()).isEqualTo(DAEMONS + " up\n");
                assertThat(result.limits()).contains("wall_sec");
                Duration latency = sandbox.lastExecution().killLatency();
                assertThat(latency).isPositive().isLessThan(DIES_WITHIN);
                latencies.add(latency.toNanos() / 1000);
                assertThat(sandbox.shell("echo next").text("stdout")).isEqualTo("next\n");
            }
        }
        System.err.println("kill of " + DAEMONS + " daemons to nothing left, microseconds: " + latencies);
        Traces.assertNothingLeft(InstanceId.current(), uids, home.resolve("run"));
    }

    @Test
    void a_gigabyte_of_output_costs_the_service_little_memory_and_others_nothing(@TempDir Path home) throws Exception {
        Parts.needNativeBackend();
        try (ProofSandbox sandbox = ProofSandbox.open(
                home, Parts.policy(60, 60_000, 256, 64, 1024), SlotNetworks.none("not under test"), 2)) {
            // The pool lends the slot that was used last: only two runs at once start the second one.
            atOnce(sandbox, 2, "head -c 3000000 /dev/zero");
            long idleMemory = Traces.heapAfterCollection() + Traces.directBytes();
            Traces.Size idle = Traces.Size.of(Traces.SELF);
            AtomicBoolean flooding = new AtomicBoolean(true);
            int others = 0;
            Result result;
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Result> flood = threads.submit(() -> {
                    try {
                        return sandbox.run(Parts.command("head -c " + GIGABYTE + " /dev/zero")
                                .with("timeout_sec", 60));
                    } finally {
                        flooding.set(false);
                    }
                });
                while (flooding.get()) {
                    assertThat(sandbox.shell("echo other " + others).text("stdout"))
                            .isEqualTo("other " + others + "\n");
                    others++;
                }
                result = flood.get();
            }
            long after = Traces.heapAfterCollection() + Traces.directBytes();
            Traces.Size full = Traces.Size.of(Traces.SELF);
            System.err.printf(
                    "1 GiB of output in %s ms: heap and direct %d -> %d KiB, resident %d -> %d KiB, others meanwhile %d%n",
                    result.text("duration_ms"),
                    idleMemory >> 10,
                    after >> 10,
                    idle.rssKilobytes(),
                    full.rssKilobytes(),
                    others);
            assertThat(result.text("stdout_bytes")).isEqualTo(Long.toString(GIGABYTE));
            assertThat(result.flag("stdout_trunc")).isTrue();
            assertThat(after - idleMemory).isLessThan(EXTRA_MEMORY);
            assertThat(others).as("runs of others during the flood").isPositive();
            assertThat(Traces.launchers())
                    .allSatisfy(pid ->
                            assertThat(Traces.Size.of(pid).rssKilobytes()).isLessThan(16 << 10));
        }
    }

    private static void atOnce(ProofSandbox sandbox, int runs, String command) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Result>> all = new ArrayList<>();
            for (int i = 0; i < runs; i++) {
                all.add(threads.submit(() -> sandbox.shell(command)));
            }
            for (Future<Result> each : all) {
                each.get();
            }
        }
    }

    private static void compile(Path source, Path binary) throws Exception {
        Needs.command("cc");
        Process compiler = new ProcessBuilder("cc", "-O1", "-static", "-o", binary.toString(), source.toString())
                .inheritIO()
                .start();
        Needs.that(compiler.waitFor() == 0, "C compiler", "a static program cannot be built");
    }
}
