package dev.mayfly.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildRunTest {
    private static final Map<String, String> PATH = Map.of("PATH", "/usr/bin:/bin");

    @TempDir
    Path scratch;

    @Test
    void processor_time_is_that_of_the_children_whatever_shell_tells_it() {
        assertThat(BuildRun.children("0m0.01s 0m0.02s\n1m2.50s 0m3.25s\n")).isEqualTo(65.75);
        assertThat(BuildRun.children("0m0.010s 0m0.020s\n0m0.000s 0m0.500s\n")).isEqualTo(0.5);
    }

    @Test
    void a_command_is_timed_with_what_it_uses_of_the_processor() throws Exception {
        BuildRun.Took took = new BuildRun(scratch)
                .timed(List.of("env"), List.of("sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done"), PATH);

        assertThat(took.processorSeconds()).isPositive();
        assertThat(took.seconds()).isPositive();
    }

    @Test
    void what_a_command_said_last_is_told_when_it_fails() {
        assertThatThrownBy(() -> new BuildRun(scratch)
                        .timed(List.of(), List.of("sh", "-c", "echo first; echo the reason >&2; exit 3"), PATH))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ended with 3")
                .hasMessageContaining("the reason");
    }
}
