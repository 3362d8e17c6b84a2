package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.api.InputFile;
import dev.mayfly.sandbox.box.BoxLimits;
import dev.mayfly.sandbox.box.BoxSpec;
import dev.mayfly.sandbox.box.Captured;
import dev.mayfly.sandbox.box.Execution;
import dev.mayfly.sandbox.box.NetGrant;
import dev.mayfly.sandbox.box.SyscallProfile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Specs for tests: sensible, with the one thing changed that a test is about. */
record Boxes(
        List<String> argv,
        Map<String, String> env,
        byte[] stdin,
        List<InputFile> files,
        BoxLimits limits,
        List<String> outputs,
        long seed) {
    static final String PATH = "/workspace/prog.wasm";

    static Boxes of(byte[] module) {
        return new Boxes(
                List.of(PATH),
                Map.of(),
                new byte[0],
                List.of(new InputFile(PATH, module)),
                new BoxLimits(
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(2),
                        64 << 20,
                        1,
                        1 << 20,
                        64,
                        4 << 20,
                        64 << 10,
                        1 << 20),
                List.of(),
                1);
    }

    Boxes argv(String... words) {
        return new Boxes(List.of(words), env, stdin, files, limits, outputs, seed);
    }

    Boxes env(Map<String, String> env) {
        return new Boxes(argv, env, stdin, files, limits, outputs, seed);
    }

    Boxes stdin(String text) {
        return new Boxes(argv, env, text.getBytes(StandardCharsets.UTF_8), files, limits, outputs, seed);
    }

    Boxes file(String path, String text) {
        List<InputFile> more = new ArrayList<>(files);
        more.add(new InputFile(path, text.getBytes(StandardCharsets.UTF_8)));
        return new Boxes(argv, env, stdin, more, limits, outputs, seed);
    }

    Boxes outputs(String... globs) {
        return new Boxes(argv, env, stdin, files, limits, List.of(globs), seed);
    }

    Boxes seed(long seed) {
        return new Boxes(argv, env, stdin, files, limits, outputs, seed);
    }

    Boxes limits(BoxLimits limits) {
        return new Boxes(argv, env, stdin, files, limits, outputs, seed);
    }

    Boxes wall(Duration wall) {
        return limits(new BoxLimits(
                wall,
                limits.cpu(),
                limits.memoryBytes(),
                limits.pids(),
                limits.fileSizeBytes(),
                limits.openFiles(),
                limits.diskBytes(),
                limits.streamBytes(),
                limits.outputBytes()));
    }

    Boxes cpu(Duration cpu) {
        return limits(new BoxLimits(
                limits.wall(),
                cpu,
                limits.memoryBytes(),
                limits.pids(),
                limits.fileSizeBytes(),
                limits.openFiles(),
                limits.diskBytes(),
                limits.streamBytes(),
                limits.outputBytes()));
    }

    BoxSpec spec() {
        return new BoxSpec(
                "r_test",
                argv,
                env,
                "/workspace",
                stdin,
                files,
                List.of(),
                limits,
                SyscallProfile.DEFAULT,
                NetGrant.none(),
                outputs,
                seed);
    }

    static String text(Captured captured) {
        return new String(captured.head(), StandardCharsets.UTF_8)
                + new String(captured.tail(), StandardCharsets.UTF_8);
    }

    /** Everything of a run that must not vary, as one string. */
    static String fingerprint(Execution run) {
        StringBuilder all = new StringBuilder();
        all.append(run.exit()).append('\n');
        all.append(new String(run.stdout().head(), StandardCharsets.ISO_8859_1)).append('\n');
        all.append(new String(run.stdout().tail(), StandardCharsets.ISO_8859_1)).append('\n');
        all.append(new String(run.stderr().head(), StandardCharsets.ISO_8859_1)).append('\n');
        all.append(run.violations()).append(run.usage()).append(run.outputsDropped());
        run.limitsHit().stream().sorted().forEach(all::append);
        run.outputs()
                .forEach(file -> all.append(file.path())
                        .append('=')
                        .append(new String(file.content(), StandardCharsets.ISO_8859_1)));
        return all.toString();
    }
}
