package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections of a service, shown as a user asks for them; the library is one of our own. */
class MeshWatchIT {
    private static final Path SOURCES =
            Path.of(System.getProperty("mayfly.repository"), "mesh", "src", "test", "native");

    @TempDir
    Path home;

    @Test
    void a_connection_is_shown_when_it_begins_and_when_its_process_ends() throws Exception {
        Needs.linux();
        Needs.root();
        String cc = Needs.command("cc").toString();
        Ended doctor = Program.mayfly(home, "mesh", "doctor").run();
        Needs.that(
                doctor.out().lines().anyMatch(line -> line.contains("mesh-tracing") && line.contains(" active")),
                "uprobes",
                "mayfly mesh doctor says so");
        build(cc);
        card();
        Process watch = Program.mayfly(home, "mesh", "watch", "--json", "--root", home.toString())
                .start();
        try (BufferedReader lines = watch.inputReader(StandardCharsets.UTF_8)) {
            assertThat(lines.readLine()).startsWith("{\"ready\":true");
            Process service = new ProcessBuilder(home.resolve("service").toString()).start();
            try {
                String begins = connectUntilShown(service, lines);
                assertThat(begins)
                        .startsWith(
                                "{\"change\":\"begins\",\"from\":\"10.0.0.1\",\"to\":\"10.0.0.2\",\"source_port\":58177,")
                        .contains("\"device\":\"mfx0\"", "\"command\":\"service\"", "\"process\":" + service.pid());
            } finally {
                service.destroyForcibly();
            }
            String line = lines.readLine();
            while (line.startsWith("{\"change\":\"begins\"")) {
                line = lines.readLine();
            }
            assertThat(line).startsWith("{\"change\":\"ends\",\"from\":\"10.0.0.1\"");
            // Not that of the process, which closes what it said.
            watch.toHandle().destroy();
            while (line.startsWith("{\"change\"")) {
                line = lines.readLine();
            }
            assertThat(line).startsWith("{\"live\":0,").endsWith("\"lost\":0}");
            assertThat(watch.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            watch.destroyForcibly();
        }
    }

    /** A copy of the library is found a moment after a process has it; what it did before that is not seen, so it is done again. */
    private static String connectUntilShown(Process service, BufferedReader lines)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!lines.ready()) {
            assertThat(System.nanoTime()).as("the connection is shown").isLessThan(end);
            say(service);
            for (int i = 0; i < 100 && !lines.ready(); i++) {
                Thread.sleep(10);
            }
        }
        return lines.readLine();
    }

    private static void say(Process service) throws IOException {
        service.outputWriter().write("create\n");
        service.outputWriter().flush();
        String number = service.inputReader().readLine();
        service.outputWriter().write("connect " + number + " 00000000000000000000ffff0a000002 12345 77 3\n");
        service.outputWriter().flush();
        assertThat(service.inputReader().readLine()).isEqualTo("done");
    }

    private void build(String cc) throws Exception {
        run(
                cc,
                "-shared",
                "-fPIC",
                "-Wl,--version-script=" + SOURCES.resolve("ibverbs.map"),
                "-Wl,-soname,libibverbs.so.1",
                "-o",
                home.resolve("libibverbs.so.1").toString(),
                SOURCES.resolve("ibverbs.c").toString());
        run(
                cc,
                "-o",
                home.resolve("service").toString(),
                SOURCES.resolve("service.c").toString(),
                home.resolve("libibverbs.so.1").toString(),
                "-Wl,-rpath," + home);
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor()).isZero();
    }

    /** As the kernel would show the card of the service. */
    private void card() throws IOException {
        Path port = home.resolve("sys/class/infiniband/mfx0/ports/1");
        Files.createDirectories(port.resolve("gids"));
        Files.createDirectories(port.resolve("gid_attrs/types"));
        Files.writeString(port.resolve("gids/3"), "0000:0000:0000:0000:0000:ffff:0a00:0001\n");
        Files.writeString(port.resolve("gid_attrs/types/3"), "RoCE v2\n");
    }
}
