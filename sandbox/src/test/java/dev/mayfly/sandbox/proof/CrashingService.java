package dev.mayfly.sandbox.proof;

import dev.mayfly.sandbox.Repository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A service in a JVM of its own that records one run and is then busy until somebody kills it. */
final class CrashingService {
    private CrashingService() {}

    static Process start(Path home) throws Exception {
        Files.createDirectories(home);
        return new ProcessBuilder(List.of(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dmayfly.repository=" + Repository.path(""),
                        "-Dmayfly.launcher=" + Parts.launcher(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        CrashingService.class.getName(),
                        home.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    public static void main(String[] args) throws Exception {
        try (World world = new World();
                ProofSandbox sandbox = ProofSandbox.open(
                        Path.of(args[0]), Parts.policy(50, 20_000, 128, 64, 64), world.networks(), 2)) {
            sandbox.shell("echo one");
            System.out.println("running");
            sandbox.shell("for i in 1 2 3 4 5; do setsid sh -c 'trap \"\" TERM HUP INT; sleep 1000'"
                    + " >/dev/null 2>&1 </dev/null & done; exec sleep 1000");
        }
    }
}
