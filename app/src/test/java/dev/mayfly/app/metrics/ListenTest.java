package dev.mayfly.app.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mayfly.base.config.BadValueException;
import dev.mayfly.base.config.ParseContext;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListenTest {
    private static final ParseContext CONTEXT = new ParseContext("");

    private static Listen parse(String text) throws BadValueException {
        return Listen.type().parse(List.of(text), CONTEXT);
    }

    @Test
    void it_is_a_host_and_a_port_or_off() throws BadValueException {
        assertThat(parse("off")).isEqualTo(new Listen.Off());
        assertThat(parse("127.0.0.1:9464")).isEqualTo(new Listen.At("127.0.0.1", 9464));
        assertThat(parse("localhost:0")).isEqualTo(new Listen.At("localhost", 0));
        assertThat(parse("[::1]:65535")).isEqualTo(new Listen.At("::1", 65535)).hasToString("[::1]:65535");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "9464", ":9464", "[]:9464", "::1:9464", "localhost", "localhost:", "h:-1", "h:65536", "h:x"})
    void anything_else_is_told_apart(String text) {
        assertThatExceptionOfType(BadValueException.class).isThrownBy(() -> parse(text));
    }
}
