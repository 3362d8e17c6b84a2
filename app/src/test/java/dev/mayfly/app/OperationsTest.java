package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.base.config.Config;
import dev.mayfly.base.config.ConfigSource;
import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.ExitCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.json.JsonValue.JsonArray;
import dev.mayfly.base.json.JsonValue.JsonObject;
import dev.mayfly.base.json.JsonValue.JsonString;
import dev.mayfly.base.local.Call;
import dev.mayfly.base.local.CallContext;
import dev.mayfly.base.local.Reply;
import dev.mayfly.queue.api.JobState;
import dev.mayfly.sandbox.run.RunOptions;
import dev.mayfly.sandbox.run.RunOutcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class OperationsTest {
    private final List<RunOptions> asked = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();

    private Operations operations(Map<String, String> environment, List<JsonObject> jobs) {
        Config config = Config.resolve(SettingKeys.ALL, ConfigSource.none(), environment, ConfigSource.none());
        Runs runs = (request, options) -> {
            requests.add(new String(request, StandardCharsets.UTF_8));
            asked.add(options);
            return new RunOutcome(JsonObject.of().with("verdict", "red"), ExitCode.RED);
        };
        Jobs ledger = new Jobs() {
            @Override
            public List<JsonObject> latest(int limit, Optional<String> verdict, Optional<JobState> state) {
                return jobs.subList(0, Math.min(limit, jobs.size()));
            }

            @Override
            public List<JsonObject> startingWith(String runId) {
                return jobs;
            }
        };
        return new Operations(
                () -> runs,
                () -> ledger,
                new QueueOperations(OperationsTest::unasked, OperationsTest::unasked, OperationsTest::unasked),
                () -> {
                    throw new AssertionError("nobody asked the doctor");
                },
                () -> JsonObject.of().with("pid", 1),
                config);
    }

    private static <T> T unasked() {
        throw new AssertionError("nobody asked the queue");
    }

    private Reply call(Operations operations, String name, JsonObject parameters) throws InterruptedException {
        return operations.call(new Call(name, parameters, "{}".getBytes(StandardCharsets.UTF_8)), CallContext.quiet());
    }

    @Test
    void what_the_command_line_said_reaches_the_runner() throws Exception {
        JsonObject parameters = JsonObject.of()
                .with("policy", "/p.yml")
                .with("timeout_sec", 5)
                .with("seed", 7)
                .with("strict", true)
                .with("backend", "bwrap");

        Reply reply = call(operations(Map.of(), List.of()), "exec", parameters);

        assertThat(asked)
                .containsExactly(new RunOptions(
                        Optional.of(Path.of("/p.yml")),
                        OptionalInt.of(5),
                        OptionalLong.of(7),
                        true,
                        false,
                        "bwrap",
                        ""));
        assertThat(requests).containsExactly("{}");
        assertThat(reply).isEqualTo(new Reply.Done(20, JsonObject.of().with("verdict", "red")));
    }

    @Test
    void settings_fill_in_what_the_command_line_left_open() throws Exception {
        call(
                operations(Map.of("MAYFLY_POLICY", "/q.yml", "MAYFLY_BACKEND", "wasm"), List.of()),
                "exec",
                JsonObject.of());

        assertThat(asked.getFirst().policy()).contains(Path.of("/q.yml"));
        assertThat(asked.getFirst().backend()).isEqualTo("wasm");
    }

    @Test
    void parameters_that_make_no_sense_are_refused_and_nothing_runs() {
        for (JsonObject parameters : List.of(
                JsonObject.of().with("timeout_sec", 61),
                JsonObject.of().with("timeout_sec", "5"),
                JsonObject.of().with("seed", -1),
                JsonObject.of().with("seed", (1L << 53)),
                JsonObject.of().with("strict", "yes"),
                JsonObject.of().with("policy", 1))) {
            assertThatThrownBy(() -> call(operations(Map.of(), List.of()), "exec", parameters))
                    .as("%s", parameters)
                    .isInstanceOfSatisfying(
                            MayflyException.class,
                            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.SERVICE_PROTOCOL));
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void an_operation_that_nobody_knows_is_told_as_a_matter_of_versions() {
        assertThatThrownBy(() -> call(operations(Map.of(), List.of()), "exec.twice", JsonObject.of()))
                .hasMessageContaining("exec.twice");
    }

    @Test
    void lists_come_as_json_or_as_a_table() throws Exception {
        List<JsonObject> jobs = List.of(JsonObject.of().with("run_id", "r_1").with("verdict", "green"));

        assertThat(call(operations(Map.of(), jobs), "job.ls", JsonObject.of()))
                .isEqualTo(new Reply.Done(0, new JsonArray(List.copyOf(jobs))));
        assertThat(call(operations(Map.of(), jobs), "job.ls", JsonObject.of().with("format", "text")))
                .isInstanceOfSatisfying(
                        Reply.Done.class,
                        done -> assertThat(done.result())
                                .isInstanceOfSatisfying(
                                        JsonString.class,
                                        text -> assertThat(text.value())
                                                .startsWith("RUN ID")
                                                .contains("r_1")));
    }

    @Test
    void a_prefix_must_fit_exactly_one_run() throws Exception {
        JsonObject one = JsonObject.of().with("run_id", "r_1");
        JsonObject wanted = JsonObject.of().with("run_id", "r_");

        assertThat(call(operations(Map.of(), List.of(one)), "job.show", wanted)).isEqualTo(new Reply.Done(0, one));
        assertThatThrownBy(() -> call(operations(Map.of(), List.of(one, one)), "job.show", wanted))
                .hasMessageContaining("several runs or jobs begin with r_");
        assertThatThrownBy(() -> call(operations(Map.of(), List.of()), "job.show", wanted))
                .hasMessageContaining("there is no run or job r_");
    }
}
