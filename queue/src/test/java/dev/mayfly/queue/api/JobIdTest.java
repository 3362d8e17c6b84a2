package dev.mayfly.queue.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JobIdTest {
    private static final String HEX = "0123456789abcdef".repeat(4);

    @Test
    void an_id_is_r_and_64_hexadecimal_digits() {
        assertThat(new JobId("r_" + HEX).toString()).isEqualTo("r_" + HEX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "r",
                "r_",
                "r_0123",
                "R_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "r_0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
                "r_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg",
                "r_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef__",
                "r_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcd.2",
            })
    void anything_else_is_none(String text) {
        assertThat(JobId.fits(text)).isFalse();
        assertThatThrownBy(() -> new JobId(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void every_beginning_of_an_id_is_a_prefix() {
        String id = "r_" + HEX;
        for (int length = 0; length <= id.length(); length++) {
            assertThat(JobId.isPrefix(id.substring(0, length))).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "_", "rr", "r-", "r_*", "r_%", "r_>", "r_ab.", "r_'", "r_\u0661"})
    void nothing_that_a_query_could_misread_is_a_prefix(String text) {
        assertThat(JobId.isPrefix(text)).isFalse();
    }
}
