package dev.mayfly.base.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.json.JsonReader;
import dev.mayfly.base.json.JsonValue.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class LogTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Log log(LogFormat format) {
        return Log.to(new LineSink(out, format), Level.INFO, CLOCK);
    }

    private String written() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void a_text_line_has_bound_fields_first_and_quotes_what_needs_it() {
        log(LogFormat.TEXT)
                .named("sandbox")
                .with("job", "4f")
                .info()
                .with("ms", 12)
                .with("ok", true)
                .with("ratio", 0.5)
                .with("what", "two words")
                .with("empty", "")
                .with("eq", "a=b")
                .log("job finished");
        assertThat(written())
                .isEqualTo("2026-01-02T03:04:05.000Z INFO  sandbox: job finished job=4f ms=12 ok=true ratio=0.5"
                        + " what=\"two words\" empty=\"\" eq=\"a=b\"\n");
    }

    @Test
    void a_json_line_keeps_types_and_its_own_members() {
        log(LogFormat.JSON)
                .warn()
                .with("ms", 12)
                .with("ok", true)
                .with("half", 0.5)
                .with("msg", "not the message")
                .with("nan", Double.NaN)
                .log("odd");
        assertThat(written())
                .isEqualTo(
                        "{\"time\":\"2026-01-02T03:04:05.000Z\",\"level\":\"WARN\",\"logger\":\"mayfly\",\"msg\":\"odd\","
                                + "\"ms\":12,\"ok\":true,\"half\":0.5,\"field_msg\":\"not the message\",\"nan\":\"NaN\"}\n");
    }

    @Test
    void what_untrusted_programs_chose_can_neither_forge_a_line_nor_steer_a_terminal() {
        String hostile = "x\n2026-01-02T03:04:05.000Z ERROR forged: \u001b[2J\u009b31m\u007f\u2028\u202etxt\r";
        log(LogFormat.TEXT)
                .error()
                .with("name", hostile)
                .with("k\ney", "v")
                .cause(new IllegalStateException(hostile))
                .log("denied\n" + hostile);
        List<String> lines = written().lines().toList();
        assertThat(lines.getFirst()).contains("denied\\u000ax").contains("k\\u000aey=v");
        assertThat(lines.subList(1, lines.size())).isNotEmpty().allMatch(line -> line.startsWith("  "));
        assertThat(written()).doesNotContain("\u001b", "\u009b", "\u007f", "\u2028", "\u202e", "\r");
    }

    @Test
    void hostile_text_stays_one_valid_line_of_json_too() {
        log(LogFormat.JSON)
                .error()
                .with("name", "x\n\u001b\ud800")
                .cause(new IllegalStateException("a\nb"))
                .log("denied");
        assertThat(written().lines()).hasSize(1);
        assertThat(JsonReader.read(written().getBytes(StandardCharsets.UTF_8)))
                .isInstanceOfSatisfying(
                        JsonObject.class, line -> assertThat(line.get("stack")).isPresent());
    }

    @Test
    void a_level_that_is_off_writes_nothing_and_makes_no_entry() {
        List<LogEntry> entries = new ArrayList<>();
        Log log = Log.to(entries::add, Level.WARN, CLOCK);
        log.info().with("a", 1).cause(new IllegalStateException()).log("hidden");
        assertThat(log.debug()).isSameAs(log.info());
        assertThat(log.isOn(Level.INFO)).isFalse();
        log.warn().log("shown");
        Log.off().error().log("hidden");
        assertThat(Log.off().isOn(Level.ERROR)).isFalse();
        assertThat(entries).extracting(LogEntry::message).containsExactly("shown");
    }

    @Test
    void a_field_whose_text_fails_is_told_and_the_line_is_written() {
        Object broken = new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("no text");
            }
        };
        log(LogFormat.TEXT).info().with("x", broken).log("still here");
        assertThat(written()).contains("still here").contains("no text");
    }

    @Test
    void lines_of_many_threads_stay_whole() {
        Log log = log(LogFormat.TEXT);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 200; i++) {
                int n = i;
                threads.submit(() ->
                        log.info().with("n", n).with("long", "y".repeat(500)).log("line"));
            }
        }
        assertThat(written().lines()).hasSize(200).allMatch(line -> line.endsWith("y".repeat(500)));
    }

    @Test
    void a_sink_that_cannot_write_counts_what_is_lost() {
        LineSink sink = new LineSink(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("disk full");
                    }
                },
                LogFormat.TEXT);
        Log.to(sink, Level.INFO, CLOCK).info().log("lost");
        assertThat(sink.lost()).isEqualTo(1);
    }
}
