package dev.mayfly.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.json.JsonValue.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void columns_are_aligned_and_lines_have_no_space_at_their_end() {
        List<JsonObject> rows = List.of(
                JsonObject.of().with("run_id", "r_1").with("duration_ms", 5),
                JsonObject.of().with("run_id", "r_12345").with("duration_ms", 1234));

        assertThat(Table.of(rows, List.of("run_id", "duration_ms", "missing"))).isEqualTo("""
                        RUN ID   DURATION MS  MISSING
                        r_1      5
                        r_12345  1234
                        """);
    }

    @Test
    void without_rows_there_is_the_head() {
        assertThat(Table.of(List.of(), List.of("a"))).isEqualTo("A\n");
    }

    @Test
    void control_characters_of_a_job_do_not_reach_the_terminal() {
        JsonObject row = JsonObject.of().with("name", "a\u001b[31m\nb\u202e\u0007c");

        assertThat(Table.of(List.of(row), List.of("name"))).isEqualTo("NAME\na [31m b  c\n");
    }

    @Test
    void a_long_cell_is_cut_between_characters() {
        JsonObject row = JsonObject.of().with("name", "😀".repeat(100));

        assertThat(Table.of(List.of(row), List.of("name"))).isEqualTo("NAME\n" + "😀".repeat(65) + "…\n");
    }

    @Test
    void an_object_is_shown_as_one_line_for_each_member() {
        assertThat(Table.lines(JsonObject.of().with("pid", 7).with("uptime_sec", 3)))
                .isEqualTo("pid: 7\nuptime sec: 3");
    }
}
