package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue;
import dev.mayfly.base.json.JsonValue.JsonNull;
import dev.mayfly.base.json.JsonValue.JsonNumber;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.e2e.Program.Ended;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code mayfly exec} over the samples, as {@code samples/README.md} says they end. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SamplesIT {
    private static final Path SAMPLES = Program.REPOSITORY.resolve("samples");

    @TempDir
    static Path folder;

    private Path home;
    private RunningService service;

    record Sample(
            String file, List<String> flags, boolean runs, int exitCode, String verdict, String risk, String end) {
        @Override
        public String toString() {
            return file;
        }
    }

    @BeforeAll
    void start() {
        home = folder.resolve("home");
        Ended doctor = Program.mayfly(home, "doctor", "--json").run();
        assumeTrue(
                doctor.exitCode() == 0 && doctor.out().contains("mayfly-launcher"),
                "not run here: native sandbox: mayfly doctor says that it is not whole on this machine");
        service = RunningService.start(home);
    }

    @AfterAll
    void stop() throws InterruptedException {
        if (service != null) {
            assertThat(service.terminate()).isZero();
        }
    }

    static List<Sample> samples() throws IOException {
        List<Sample> samples = new ArrayList<>();
        for (String line : Files.readAllLines(SAMPLES.resolve("README.md"))) {
            if (line.startsWith("| `")) {
                List<String> cells =
                        Stream.of(line.split("\\|")).map(String::strip).toList();
                List<String> flags = cells.get(3).equals("-")
                        ? List.of()
                        : List.of(cells.get(3).replace("`", "").split(" "));
                samples.add(new Sample(
                        cells.get(1).replace("`", ""),
                        flags,
                        cells.get(4).equals("yes"),
                        Integer.parseInt(cells.get(5)),
                        cells.get(6),
                        cells.get(7),
                        cells.get(8)));
            }
        }
        assertThat(samples).hasSizeGreaterThan(20);
        return samples;
    }

    private Program exec(String file, String... flags) {
        List<String> words = new ArrayList<>(List.of("exec", "-f", file));
        words.addAll(List.of(flags));
        return Program.mayfly(home, words.toArray(String[]::new)).in(SAMPLES);
    }

    private static JsonObject json(String text) {
        return (JsonObject) JsonReader.read(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String word(JsonObject object, String key) {
        JsonValue value = object.get(key).orElseThrow(() -> new AssertionError("no " + key));
        if (value instanceof JsonString(String text)) {
            return text;
        }
        return value instanceof JsonNumber number ? number.value().toPlainString() : value.kind();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void a_sample_ends_as_its_table_says(Sample sample) {
        Ended ended = exec(sample.file(), sample.flags().toArray(String[]::new)).run();

        assertThat(ended.exitCode()).as(ended.out() + ended.err()).isEqualTo(sample.exitCode());
        if (sample.verdict().equals("-")) {
            assertThat(ended.out()).isEmpty();
            assertThat(ended.err()).startsWith("error MF-2").contains("\nfix: ");
            return;
        }
        assertThat(ended.err()).isEmpty();
        JsonObject result = json(ended.out());
        assertThat(word(result, "verdict")).isEqualTo(sample.verdict());
        assertThat(word(result, "risk_score")).isEqualTo(sample.risk());
        if (sample.end().startsWith("exit ")) {
            assertThat("exit " + word(result, "exit_code")).isEqualTo(sample.end());
        } else if (sample.end().startsWith("signal ")) {
            assertThat("signal " + word(result, "signal")).isEqualTo(sample.end());
        } else if (sample.end().equals("-")) {
            assertThat(result.get("exit_code")).contains(new JsonNull());
        }
    }

    @Test
    void with_and_without_a_service_the_same_request_has_the_same_name_and_digest() {
        JsonObject served = json(exec("ok.json").run().out());
        JsonObject here =
                json(exec("ok.json").with("MAYFLY_SERVICE", "off").run().out());

        assertThat(word(here, "run_id")).isEqualTo(word(served, "run_id"));
        assertThat(word(here, "result_digest")).isEqualTo(word(served, "result_digest"));
        assertThat(word(here, "backend")).isEqualTo("native");
    }

    @Test
    void a_request_can_come_through_stdin_and_its_result_go_to_a_file() throws IOException {
        Path out = folder.resolve("result.json");

        Ended ended = exec("-", "--out", out.toString())
                .reading("{\"cmd\":\"echo hi\"}")
                .run();

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.out()).isEmpty();
        assertThat(word(json(Files.readString(out)), "stdout")).isEqualTo("hi\n");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(Path::getFileName).map(Path::toString)).doesNotContain("result.json.tmp");
        }
    }

    @Test
    void a_device_that_the_result_is_sent_to_stays_a_device() {
        assertThat(exec("ok.json", "--out", "/dev/null").run().exitCode()).isZero();
        assertThat(Path.of("/dev/null"))
                .satisfies(device -> assertThat(Files.isRegularFile(device)).isFalse());
    }

    @Test
    void a_result_that_cannot_be_written_is_told_and_the_run_is_still_in_the_ledger() {
        Ended ended = exec("ok.json", "--seed", "4711", "--out", folder + "/nowhere/result.json")
                .run();

        assertThat(ended.exitCode()).isEqualTo(69);
        assertThat(ended.err())
                .startsWith("error MF-1003: cannot write the result to ")
                .contains("mayfly job ls");
        assertThat(Program.mayfly(home, "job", "ls", "--json", "--limit", "1")
                        .run()
                        .out())
                .contains("\"verdict\": \"green\"");
    }

    @Test
    void what_has_run_can_be_listed_and_shown() {
        String id = word(json(exec("exit_code.json").run().out()), "run_id");

        assertThat(Program.mayfly(home, "job", "ls").run().out())
                .startsWith("RUN ID")
                .contains(id.substring(0, 20));
        JsonObject shown = json(
                Program.mayfly(home, "job", "show", id.substring(0, 20)).run().out());
        assertThat(word(shown, "run_id")).isEqualTo(id);
        assertThat(shown.get("result")).isPresent();

        Ended missing = Program.mayfly(home, "job", "show", "r_nothing").run();
        assertThat(missing.exitCode()).isEqualTo(69);
        assertThat(missing.err()).startsWith("error MF-4003: there is no run or job r_nothing");
    }

    @Test
    void what_a_job_prints_cannot_be_taken_for_our_own_output() {
        Ended ended = exec("-")
                .reading("{\"cmd\":\"printf '\\\\033[31m\\\"}'; echo boo >&2; exit 20\"}")
                .run();

        assertThat(ended.exitCode()).isZero();
        assertThat(ended.err()).isEmpty();
        assertThat(word(json(ended.out()), "exit_code")).isEqualTo("20");
    }

    @Test
    void a_client_that_goes_away_takes_its_job_with_it() throws Exception {
        Path marker = Files.createTempFile(folder, "request", ".json");
        Files.writeString(marker, "{\"cmd\":\"sleep 31.4159\"}");
        Process client = exec(marker.toString()).start();
        assertThat(runningAfter("sleep\u000031.4159", true)).isTrue();

        client.toHandle().destroy();

        assertThat(runningAfter("sleep\u000031.4159", false)).isFalse();
        assertThat(Program.mayfly(home, "status").run().exitCode()).isZero();
    }

    /** Waits, for a bounded time, until a process with this command line is there or gone. */
    private static boolean runningAfter(String commandLine, boolean wanted) throws Exception {
        // Gone must be well before the job's own wall limit of 15 s.
        for (int i = 0; i < (wanted ? 400 : 100); i++) {
            boolean found = false;
            try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
                for (Path process : processes
                        .filter(p -> p.getFileName().toString().matches("\\d+"))
                        .toList()) {
                    found |= commandLine(process).startsWith(commandLine);
                }
            }
            if (found == wanted) {
                return found;
            }
            Thread.sleep(50);
        }
        return !wanted;
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException _) {
            return "";
        }
    }
}
