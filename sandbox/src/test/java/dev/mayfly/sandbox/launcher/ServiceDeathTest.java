package dev.mayfly.sandbox.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.box.Backend;
import dev.mayfly.sandbox.box.Boxes;
import dev.mayfly.sandbox.box.Exit;
import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.choose.HostBackends;
import dev.mayfly.sandbox.choose.Preference;
import dev.mayfly.testkit.ChangingTree;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The service is killed without a chance to clean up. */
@Timeout(60)
class ServiceDeathTest {
    @ParameterizedTest
    @ValueSource(strings = {"native", "bwrap"})
    void its_job_dies_with_it_and_the_next_service_sweeps_what_it_left(String name, @TempDir Path state)
            throws Exception {
        Needs.linux();
        Needs.root();
        BuiltLauncher.locate();
        if (name.equals("bwrap")) {
            Needs.command("bwrap");
        }
        String seconds = "77" + ProcessHandle.current().pid();
        Process service = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        DyingService.class.getName(),
                        state.toString(),
                        name,
                        "setsid sleep " + seconds + " & sleep " + seconds)
                .inheritIO()
                .start();
        try {
            await("the job runs", () -> asleep(seconds) >= 2);
        } finally {
            service.destroyForcibly().waitFor();
        }
        await("every process of the job is gone", () -> sleepers(seconds).isEmpty());
        String left = "mayfly-" + service.pid() + "-";
        HostBackends host = new HostBackends(
                BuiltLauncher.locate(),
                state,
                1,
                Duration.ofSeconds(10),
                SlotNetworks.none("not in this test"),
                "Linux");
        try (Backend next = host.choose(Preference.of(name)).backend()) {
            assertThat(next.run(Boxes.sh("true").spec()).exit()).isEqualTo(new Exit.Exited(0));
            assertThat(groups(left)).isEmpty();
            assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(left);
            try (Stream<Path> run = Files.list(state.resolve("run"))) {
                assertThat(run.filter(path -> path.getFileName().toString().startsWith(left)))
                        .isEmpty();
            }
        }
    }

    /** The job itself: service and bubblewrap, which have its words too, are there before it is, and before it is bound to them. */
    private static long asleep(String seconds) {
        return sleepers(seconds).stream()
                .filter(p -> p.info().command().orElse("").endsWith("/sleep"))
                .count();
    }

    private static List<ProcessHandle> sleepers(String seconds) {
        return ProcessHandle.allProcesses()
                .filter(p -> p.info().commandLine().orElse("").endsWith("sleep " + seconds))
                .toList();
    }

    private static List<Path> groups(String prefix) throws IOException {
        return ChangingTree.paths(Path.of("/sys/fs/cgroup"), 2).stream()
                .filter(path -> path.getFileName().toString().startsWith(prefix))
                .toList();
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 400 && !condition.getAsBoolean(); i++) {
            Thread.sleep(50);
        }
        assertThat(condition.getAsBoolean()).as(what).isTrue();
    }
}
