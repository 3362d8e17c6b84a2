package dev.mayfly.sandbox.seccomp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mayfly.sandbox.box.SyscallProfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real process under a generated filter, by way of bubblewrap: the kernel itself reads the bytes. The host is seen
 * read-only, /tmp is empty but for the scratch folder as /tmp/in, there is no network.
 */
final class ConfinedProcess {
    private static final long SECONDS = 180;

    private ConfinedProcess() {}

    record Result(int status, String output) {}

    static Result run(Path scratch, SyscallProfile profile, String... command)
            throws IOException, InterruptedException {
        Path filter = Files.write(scratch.resolve("filter.bpf"), bytes(profile));
        // A shell opens descriptor 9, since Java can pass no descriptor but 0 to 2.
        return run(scratch, "exec bwrap " + box(scratch) + "--seccomp 9 -- \"$@\" 9<'" + filter + "'", command);
    }

    private static String box(Path scratch) {
        return "--ro-bind / / --dev /dev --proc /proc --tmpfs /tmp --ro-bind '" + scratch
                + "' /tmp/in --chdir /tmp --unshare-all --die-with-parent ";
    }

    private static Result run(Path scratch, String shell, String... command) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("sh", "-c", shell, "sh"));
        line.addAll(List.of(command));
        Path output = scratch.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile());
        // Go and Cargo write below the home directory, which is read-only in the box.
        builder.environment().put("GOCACHE", "/tmp/go-cache");
        builder.environment().put("GOPATH", "/tmp/go");
        builder.environment().put("GOFLAGS", "-mod=mod");
        Process process = builder.start();
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError(List.of(command) + " did not end in " + SECONDS + " s");
            }
        } finally {
            process.destroyForcibly();
        }
        return new Result(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }

    static void assumeBubblewrap(Path scratch) throws IOException, InterruptedException {
        assumeTrue(Arch.current().isPresent(), "not run here: seccomp: no table for this architecture");
        assumeProgram("bwrap");
        Result plain = run(scratch, "exec bwrap " + box(scratch) + "-- \"$@\"", "true");
        assumeTrue(plain.status() == 0, "not run here: bwrap: " + plain.output().strip());
    }

    static void assumeProgram(String name) {
        assumeTrue(onPath(name).isPresent(), "not run here: " + name + ": not on PATH");
    }

    private static Optional<Path> onPath(String name) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":")) {
            Path candidate = Path.of(directory, name);
            if (Files.isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static byte[] bytes(SyscallProfile profile) {
        return Seccomp.filter(profile, Arch.current().orElseThrow(), DenialAction.EPERM)
                .bytes();
    }
}
