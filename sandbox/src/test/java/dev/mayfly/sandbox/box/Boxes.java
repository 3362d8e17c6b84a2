package dev.mayfly.sandbox.box;

import dev.mayfly.sandbox.api.InputFile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Builds box specifications for tests: a shell command with generous limits, changed where a test cares. */
public final class Boxes {
    private final List<String> argv;
    private final Map<String, String> env = new LinkedHashMap<>(Map.of("PATH", "/usr/local/bin:/usr/bin:/bin"));
    private final List<InputFile> files = new ArrayList<>();
    private final List<HostBind> binds = new ArrayList<>();
    private List<String> outputs = List.of();
    private byte[] stdin = new byte[0];
    private NetGrant net = NetGrant.none();
    private SyscallProfile syscalls = SyscallProfile.DEFAULT;
    private Duration wall = Duration.ofSeconds(20);
    private Duration cpu = Duration.ofSeconds(20);
    private long memory = 256L << 20;
    private long pids = 128;
    private long fileSize = 64L << 20;
    private long disk = 64L << 20;
    private int stream = 64 << 10;
    private long outputBytes = 8L << 20;

    private Boxes(List<String> argv) {
        this.argv = argv;
    }

    public static Boxes sh(String command) {
        return new Boxes(List.of("sh", "-c", command));
    }

    public static Boxes argv(String... argv) {
        return new Boxes(List.of(argv));
    }

    public Boxes env(String name, String value) {
        env.put(name, value);
        return this;
    }

    public Boxes noEnv() {
        env.clear();
        return this;
    }

    public Boxes file(String path, String content) {
        files.add(new InputFile(path, content.getBytes(StandardCharsets.UTF_8)));
        return this;
    }

    public Boxes bind(HostBind bind) {
        binds.add(bind);
        return this;
    }

    public Boxes outputs(String... globs) {
        outputs = List.of(globs);
        return this;
    }

    public Boxes stdin(String text) {
        stdin = text.getBytes(StandardCharsets.UTF_8);
        return this;
    }

    public Boxes net(NetGrant grant) {
        net = grant;
        return this;
    }

    public Boxes syscalls(SyscallProfile profile) {
        syscalls = profile;
        return this;
    }

    public Boxes wall(Duration limit) {
        wall = limit;
        return this;
    }

    public Boxes cpu(Duration limit) {
        cpu = limit;
        return this;
    }

    public Boxes memory(long bytes) {
        memory = bytes;
        return this;
    }

    public Boxes pids(long limit) {
        pids = limit;
        return this;
    }

    public Boxes fileSize(long bytes) {
        fileSize = bytes;
        return this;
    }

    public Boxes disk(long bytes) {
        disk = bytes;
        return this;
    }

    public Boxes stream(int bytes) {
        stream = bytes;
        return this;
    }

    public Boxes outputBytes(long bytes) {
        outputBytes = bytes;
        return this;
    }

    public BoxSpec spec() {
        return new BoxSpec(
                "r_test",
                argv,
                env,
                "/workspace",
                stdin,
                files,
                binds,
                new BoxLimits(wall, cpu, memory, pids, fileSize, 256, disk, stream, outputBytes),
                syscalls,
                net,
                outputs,
                1);
    }
}
