package dev.mayfly.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ConsoleTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Console console(boolean terminal) {
        return new Console(
                InputStream.nullInputStream(), out, new PrintStream(err, true, StandardCharsets.UTF_8), terminal);
    }

    @Test
    void on_a_terminal_what_stands_is_rewritten_and_gone_before_anything_else_is_said() {
        Console console = console(true);
        console.standing("1 of 9");
        console.standing("2 of 9");
        console.progress("a line");
        console.standing("");
        console.standing("3 of 9");
        console.result("done");
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("\r1 of 9\u001b[K\r2 of 9\u001b[K\r\u001b[K\ra line\n\r3 of 9\u001b[K\r\u001b[K\r");
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("done\n");
    }

    @Test
    void on_a_terminal_no_line_is_too_long_to_be_taken_back() {
        console(true).standing("x".repeat(200));
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("\r" + "x".repeat(79) + "\u001b[K");
    }

    @Test
    void elsewhere_each_line_stays() {
        Console console = console(false);
        console.standing("1 of 9");
        console.standing("2 of 9");
        console.standing("");
        assertThat(err.toString(StandardCharsets.UTF_8).lines()).containsExactly("1 of 9", "2 of 9");
    }
}
