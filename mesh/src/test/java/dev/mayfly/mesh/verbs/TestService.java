package dev.mayfly.mesh.verbs;

import dev.mayfly.mesh.service.Gid;
import dev.mayfly.testkit.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that uses a library with the names and layouts of libibverbs, as it is told to; {@code src/test/native/service.c}. */
final class TestService implements AutoCloseable {
    private static final String LIBRARY = "libibverbs.so.1";

    private final Process process;
    private final BufferedReader answers;

    private TestService(Process process) {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Compiles library and program into a folder; needs a C compiler. */
    static Path build(Path folder) throws IOException, InterruptedException {
        Needs.linux();
        Needs.root();
        String cc = Needs.command("cc").toString();
        String from = sources();
        compile(List.of(
                cc,
                "-O1",
                "-fPIC",
                "-shared",
                "-Wl,--version-script=" + from + "/ibverbs.map",
                "-Wl,-soname," + LIBRARY,
                "-s",
                "-o",
                folder.resolve(LIBRARY).toString(),
                from + "/ibverbs.c"));
        compile(List.of(
                cc,
                "-O1",
                "-o",
                folder.resolve("service").toString(),
                from + "/service.c",
                folder.resolve(LIBRARY).toString()));
        return folder;
    }

    static String sources() {
        return Path.of("src/test/native").toAbsolutePath().toString();
    }

    static void compile(List<String> command) throws IOException, InterruptedException {
        Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (compiler.waitFor() != 0) {
            throw new IOException(command + ": " + said);
        }
    }

    /** With the library that is in the folder. */
    static TestService start(Path folder) throws IOException {
        return start(folder, List.of());
    }

    /**
     * As a container would: in mounts of its own, where a script puts the library at {@code /mnt}.
     *
     * @param prepare words of a shell, in which $1 is the folder
     */
    static TestService contained(Path folder, String prepare) throws IOException {
        Needs.command("unshare");
        String script = prepare + " && LD_LIBRARY_PATH=/mnt exec \"$1/service\"";
        return start(folder, List.of("unshare", "--mount", "sh", "-c", script, "sh", folder.toString()));
    }

    private static TestService start(Path folder, List<String> around) throws IOException {
        List<String> command =
                around.isEmpty() ? List.of(folder.resolve("service").toString()) : around;
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("LD_LIBRARY_PATH", folder.toString());
        return new TestService(builder.start());
    }

    long pid() {
        return process.pid();
    }

    private synchronized String ask(String words) throws IOException {
        OutputStream input = process.getOutputStream();
        input.write((words + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
        String answer = answers.readLine();
        if (answer == null) {
            throw new IOException("the service ended at: " + words);
        }
        return answer;
    }

    /** The number of a new queue pair. */
    int create() throws IOException {
        return Integer.parseInt(ask("create"), 16);
    }

    void connect(int queuePair, Gid to, int label, int remote, int index) throws IOException {
        ask("connect %x %016x%016x %x %x %d".formatted(queuePair, to.high(), to.low(), label, remote, index));
    }

    void tell(String what, int queuePair) throws IOException {
        ask(what + " " + Integer.toHexString(queuePair));
    }

    void storm(int calls) throws IOException {
        ask("storm " + calls);
    }

    /** It is another program from now on, which answers nothing. */
    void become() throws IOException {
        process.getOutputStream().write("become\n".getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** Device and number of the library as the kernel shows them; empty as long as the process does not have it. */
    String library() throws IOException {
        return Files.readString(Path.of("/proc/" + pid() + "/maps"))
                .lines()
                .filter(line -> line.contains(LIBRARY))
                .map(line -> line.split(" +")[3] + " " + line.split(" +")[4])
                .findFirst()
                .orElse("");
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
