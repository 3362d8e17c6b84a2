package dev.mayfly.sandbox.attack;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mayfly.sandbox.box.SlotNetworks;
import dev.mayfly.sandbox.net.HostSide;
import dev.mayfly.sandbox.net.MediatedNetworks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the suites of this package are put together from. */
final class SandboxParts {
    private SandboxParts() {}

    static void assumeNativeBackend() throws IOException {
        assumeTrue(Files.isExecutable(launcher()), "not run here: launcher: no C compiler with a static libc");
        assumeTrue(
                Files.getAttribute(Path.of("/proc/self"), "unix:uid") instanceof Number uid && uid.longValue() == 0,
                "not run here: root: user ids of jobs and control groups need it");
    }

    static Path launcher() {
        return Path.of(System.getProperty("mayfly.launcher", "../platform/target/native/mayfly-launcher"))
                .toAbsolutePath();
    }

    static SlotNetworks networks() {
        HostSide host = new HostSide();
        return MediatedNetworks.choose(host, host, host);
    }

    static boolean compile(Path source, Path binary) throws IOException, InterruptedException {
        Process compiler = new ProcessBuilder(List.of(
                        "cc", "-Os", "-static", "-s", "-pthread", "-w", "-o", binary.toString(), source.toString()))
                .inheritIO()
                .start();
        return compiler.waitFor() == 0;
    }

    /** The shipped default policy, with limits that a test can wait for. */
    static String attackPolicy() throws IOException {
        String policy = Files.readString(Path.of("../policies/default.policy.yml"));
        return policy.replaceAll("cpu_ms: [0-9]+", "cpu_ms: 700")
                .replaceAll("wall_sec: [0-9]+", "wall_sec: 2")
                .replaceAll("memory_mb: [0-9]+", "memory_mb: 128")
                .replaceAll("pids: [0-9]+", "pids: 64")
                .replaceAll("net_intent: refuse", "net_intent: score");
    }
}
