package dev.mayfly.queue.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.queue.api.JobId;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class DeskTest {
    private static final JobId ONE = new JobId("r_" + "1".repeat(64));
    private static final JobId TWO = new JobId("r_" + "2".repeat(64));

    private final Desk desk = new Desk();

    @Test
    void a_job_has_one_place_until_it_is_left() {
        Desk.Place place = desk.take(Set.of(ONE)).orElseThrow();
        assertThat(desk.take(Set.of(ONE))).isEmpty();
        place.close();
        assertThat(desk.take(Set.of(ONE))).isPresent();
    }

    @Test
    void who_cannot_have_all_gets_none() {
        Desk.Place place = desk.take(Set.of(ONE)).orElseThrow();
        assertThat(desk.take(Set.of(TWO, ONE))).isEmpty();
        assertThat(desk.take(Set.of(TWO))).isPresent();
        place.close();
    }
}
