package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsIT {
    @TempDir
    Path folder;

    /** Refused before anything runs, so this works on every machine; it is a run all the same. */
    private Ended refusedRun(Path home) {
        Path request = folder.resolve("request.json");
        Program.write(request, "{\"cmd\": \"echo hi\", \"unknown\": 1}\n");
        return Program.mayfly(home, "exec", "-f", request.toString()).run();
    }

    private static String get(int port, String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    @Test
    void a_service_counts_runs_and_answers_scrapes_and_writes_files_when_it_ends() throws Exception {
        Path home = folder.resolve("home");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Program.write(
                home.resolve("mayfly.yaml"),
                "metrics:\n  listen: 127.0.0.1:" + port + "\n  file: " + folder.resolve("m.json") + "\n");
        try (RunningService service = RunningService.start(home)) {
            assertThat(service.readyLine()).startsWith("mayfly is ready");
            assertThat(refusedRun(home).exitCode()).isEqualTo(1);

            assertThat(get(port, "/metrics")).contains("\nmayfly_runs_total{verdict=\"failed\"} 1.0\n");
            assertThat(get(port, "/healthz")).isEqualTo("{\"status\":\"ok\"}\n");
            assertThat(service.terminate()).isZero();
        }
        assertThat(Files.readString(folder.resolve("m.json"))).startsWith("{\"total\":1,\"dupe\":0,");
    }

    @Test
    void an_address_that_was_asked_for_and_is_taken_ends_the_start() throws IOException {
        Path home = folder.resolve("home");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Ended ended = Program.mayfly(home, "up")
                    .with("MAYFLY_METRICS_LISTEN", "127.0.0.1:" + taken.getLocalPort())
                    .run();

            assertThat(ended.exitCode()).isEqualTo(69);
            assertThat(ended.out()).isEmpty();
            assertThat(ended.err())
                    .contains("error MF-5005: cannot serve metrics on 127.0.0.1:" + taken.getLocalPort())
                    .contains("\nfix: ");
        }
        assertThat(home.resolve("run/mayfly.sock")).doesNotExist();
    }

    @Test
    void one_call_that_nobody_measures_loads_nothing_to_measure_with() throws IOException {
        List<String> unmeasured = classesOfARun();
        assertThat(unmeasured).anyMatch(line -> line.contains("dev.mayfly.sandbox.run.SandboxRunner"));
        assertThat(unmeasured).noneMatch(line -> line.contains("io.prometheus") || line.contains("httpserver"));

        // The same look at a run that is measured, so that it is known to see what it looks for.
        assertThat(classesOfARun("MAYFLY_METRICS_FILE"))
                .anyMatch(line -> line.contains("io.prometheus"))
                .noneMatch(line -> line.contains("httpserver"));
    }

    private List<String> classesOfARun(String... fileVariables) throws IOException {
        Path request = folder.resolve("request.json");
        Program.write(request, "{\"cmd\": \"echo hi\", \"unknown\": 1}\n");
        Path classes = folder.resolve("classes" + fileVariables.length);
        Program program = Program.mayfly(folder.resolve("alone"), "exec", "-f", request.toString())
                .with("MAYFLY_JAVA_OPTS", "-Xlog:class+load:file=" + classes);
        for (String variable : fileVariables) {
            program.with(variable, folder.resolve("m.json").toString());
        }
        assertThat(program.run().exitCode()).isEqualTo(1);
        return Files.readAllLines(classes);
    }
}
