package dev.mayfly.base.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTest {
    private static final Token TOKEN = new Token("sesame-open");

    @Test
    void only_the_whole_word_fits() {
        assertThat(TOKEN.fits(Optional.of("Bearer sesame-open"))).isTrue();
        assertThat(TOKEN.fits(Optional.empty())).isFalse();
        for (String wrong :
                new String[] {"", "Bearer", "Bearer ", "sesame-open", "Bearer sesame-ope", "Bearer sesame-open "}) {
            assertThat(TOKEN.fits(Optional.of(wrong))).as(wrong).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "two words", "line\nbreak", "ünïcode"})
    void what_a_header_cannot_carry_is_refused_and_not_repeated(String word) {
        assertThatThrownBy(() -> new Token(word)).hasMessage("a token is 1 to 1024 visible ASCII characters");
    }

    @Test
    void one_that_can_be_guessed_is_refused_where_it_must_not_be() {
        assertThatThrownBy(() -> new Token("sesame-open", 16)).hasMessageContaining("16 to 1024");
        assertThat(new Token("a".repeat(1024), 16).header()).hasSize(1031);
        assertThatThrownBy(() -> new Token("a".repeat(1025))).hasMessageContaining("1024");
    }

    @Test
    void it_does_not_print_itself() {
        assertThat(TOKEN.toString()).doesNotContain("sesame");
    }
}
