package dev.mayfly.queue.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AttemptTest {
    /** The first claims of a worker all have the fence 1: by that alone, one job would be given another's result. */
    @Test
    void no_two_attempts_have_the_same_token() {
        Set<String> tokens = new HashSet<>();
        for (String job : new String[] {"a", "b"}) {
            for (String epoch : new String[] {"first", "second"}) {
                for (long fence = 1; fence <= 12; fence++) {
                    tokens.add(new Attempt(new JobId("r_" + job.repeat(64)), epoch, fence).token());
                }
            }
        }
        assertThat(tokens).hasSize(2 * 2 * 12);
    }
}
