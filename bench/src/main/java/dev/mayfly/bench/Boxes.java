package dev.mayfly.bench;

import dev.mayfly.sandbox.box.BoxLimits;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.NetGrant;
import dev.mayfly.sandbox.box.SyscallProfile;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What is run where no policy decides: the limits of the default policy. */
final class Boxes {
    private static final Duration WALL = Duration.ofSeconds(15);
    private static final long PIDS = 256;

    private Boxes() {}

    static BoxSpec command(String... argv) {
        return box(List.of(argv), WALL, PIDS);
    }

    static BoxSpec shell(String script, Duration wall, long pids) {
        return box(List.of("sh", "-c", script), wall, pids);
    }

    private static BoxSpec box(List<String> argv, Duration wall, long pids) {
        BoxLimits limits = new BoxLimits(
                wall, Duration.ofSeconds(30), 512L << 20, pids, 64L << 20, 256, 64L << 20, 1 << 20, 16 << 20);
        return new BoxSpec(
                "bench",
                argv,
                Map.of("PATH", "/usr/local/bin:/usr/bin:/bin", "HOME", "/workspace"),
                "/workspace",
                new byte[0],
                List.of(),
                List.of(),
                limits,
                SyscallProfile.DEFAULT,
                NetGrant.none(),
                List.of(),
                0);
    }
}
