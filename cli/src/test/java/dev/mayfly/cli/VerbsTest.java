package dev.mayfly.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class VerbsTest {
    private final Verbs verbs = new Verbs();

    @Test
    void a_misspelt_word_is_answered_with_the_nearest_one() {
        assertThat(verbs.nearest("exce")).isEqualTo("exec");
        assertThat(verbs.nearest("docter")).isEqualTo("doctor");
        assertThat(verbs.nearest("jobs")).isEqualTo("job");
    }

    @Test
    void a_word_that_is_near_to_nothing_is_not_guessed_at() {
        assertThat(verbs.nearest("xyzzy")).isEmpty();
        assertThat(verbs.nearest("")).isEmpty();
    }
}
