package dev.mayfly.mesh.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProbeTableTest {
    private static final long MS = 1_000_000;
    private static final Duration KEEP = Duration.ofSeconds(10);
    /** Clocks of card and responder have nothing to do with ours. */
    private static final long CARD = 5_000_000_000_000L;

    private static final long THERE = 77_000_000_000L;

    private final Told told = new Told();
    private final ProbeTable table = new ProbeTable(0xCAFE, 64, AdaptiveTimeout.Bounds.USUAL, KEEP, told);

    private long begin(long nowMillis) {
        return table.begin(1, nowMillis * MS).bits();
    }

    private void expectOnly(Verdict... verdicts) {
        assertThat(told.settled).extracting(ProbeOutcome::verdict).containsExactly(verdicts);
    }

    @Test
    void six_stamps_give_the_time_of_network_responder_and_prober() {
        long number = begin(1000);
        table.sent(number, CARD + 10);
        table.firstAnswer(number, THERE, CARD + 10 + 5_000);
        table.secondAnswer(number, THERE, THERE + 3_000, 1000 * MS + 9_000);
        expectOnly(Verdict.OK);
        assertThat(told.settled.getFirst().timing()).contains(new Timing(2_000, 3_000, 4_000));
    }

    @Test
    void nothing_back_is_lost_after_half_a_second_and_not_before() {
        long number = begin(1000);
        table.sent(number, CARD);
        table.expire(1500 * MS - 1);
        expectOnly();
        assertThat(table.nextDueNanos()).isEqualTo(1500 * MS);
        table.expire(1500 * MS);
        expectOnly(Verdict.LOST);
    }

    @Test
    void what_was_lost_and_comes_after_all_is_late() {
        long number = begin(1000);
        table.sent(number, CARD);
        table.expire(1500 * MS);
        table.firstAnswer(number, THERE, CARD + 900 * MS);
        table.secondAnswer(number, THERE, THERE + 899 * MS, 1901 * MS);
        expectOnly(Verdict.LOST);
        assertThat(told.revised).extracting(ProbeOutcome::verdict).containsExactly(Verdict.ACK1_ONLY, Verdict.LATE);
        assertThat(told.last.get(new ProbeNumber(number)).timing()).contains(new Timing(MS, 899 * MS, MS));
    }

    @Test
    void an_answer_that_waited_for_us_was_in_time() {
        long number = begin(1000);
        table.sent(number, CARD);
        table.expire(4000 * MS);
        table.firstAnswer(number, THERE, CARD + 2 * MS);
        table.secondAnswer(number, THERE, THERE + MS, 4001 * MS);
        expectOnly(Verdict.LOST);
        assertThat(told.last.get(new ProbeNumber(number)).verdict()).isEqualTo(Verdict.OK);
    }

    @Test
    void the_first_answer_alone_is_no_loss_of_the_network() {
        long number = begin(1000);
        table.sent(number, CARD);
        table.firstAnswer(number, THERE, CARD + 10);
        table.expire(1500 * MS);
        expectOnly(Verdict.ACK1_ONLY);
        assertThat(Verdict.ACK1_ONLY.blamesFabric()).isFalse();
    }

    @Test
    void the_second_answer_alone_shows_that_the_first_was_lost() {
        long number = begin(1000);
        table.sent(number, CARD);
        table.secondAnswer(number, THERE, THERE + 1, 1001 * MS);
        table.expire(1500 * MS);
        expectOnly(Verdict.LOST);
    }

    @Test
    void a_changed_answer_is_corruption_unless_a_whole_one_comes() {
        long changed = begin(1000);
        long both = begin(1000);
        for (long number : List.of(changed, both)) {
            table.sent(number, CARD);
            table.damagedAnswer(number);
        }
        table.firstAnswer(both, THERE, CARD + 10);
        table.secondAnswer(both, THERE, THERE + 1, 1001 * MS);
        table.expire(1500 * MS);
        expectOnly(Verdict.OK, Verdict.CORRUPT);
        assertThat(Verdict.CORRUPT.blamesFabric()).isTrue();
    }

    @Test
    void a_probe_that_was_not_seen_leaving_blames_nobody() {
        table.sendFailed(begin(1000));
        begin(1000);
        table.expire(1500 * MS);
        expectOnly(Verdict.SEND_ERROR, Verdict.SEND_ERROR);
    }

    @Test
    void stamps_that_cannot_be_true_are_invalid() {
        long steppedClock = begin(1000);
        table.sent(steppedClock, CARD);
        table.firstAnswer(steppedClock, THERE, CARD - 50 * MS);
        table.secondAnswer(steppedClock, THERE, THERE + 1, 1001 * MS);
        long twoArrivals = begin(1000);
        table.sent(twoArrivals, CARD);
        table.firstAnswer(twoArrivals, THERE, CARD + 10);
        table.secondAnswer(twoArrivals, THERE + 5, THERE + 9, 1001 * MS);
        long neverLeft = begin(1000);
        table.firstAnswer(neverLeft, THERE, CARD + 10);
        table.secondAnswer(neverLeft, THERE, THERE + 1, 1001 * MS);
        table.expire(1500 * MS);
        expectOnly(Verdict.INVALID, Verdict.INVALID, Verdict.INVALID);
    }

    @Test
    void answers_to_an_earlier_start_or_to_nobody_are_strangers() {
        long number = begin(1000);
        Told others = new Told();
        long earlier = new ProbeTable(0xBEEF, 64, AdaptiveTimeout.Bounds.USUAL, KEEP, others)
                .begin(1, 1000 * MS)
                .bits();
        assertThat((int) earlier).isEqualTo((int) number);
        table.firstAnswer(earlier, THERE, CARD);
        table.firstAnswer(number + 1, THERE, CARD);
        assertThat(table.strangers()).isEqualTo(2);
        table.sent(number, CARD);
        table.expire(1500 * MS);
        expectOnly(Verdict.LOST);
    }

    @Test
    void an_answer_that_comes_twice_counts_once() {
        long number = begin(1000);
        table.sent(number, CARD);
        table.firstAnswer(number, THERE, CARD + 10);
        table.firstAnswer(number, THERE, CARD + 99_999);
        table.secondAnswer(number, THERE, THERE + 1, 1001 * MS);
        table.secondAnswer(number, THERE, THERE + 1, 1002 * MS);
        assertThat(table.duplicates()).isEqualTo(2);
        assertThat(told.settled.getFirst().timing().orElseThrow().networkNanos())
                .isEqualTo(9);
    }

    @Test
    void after_its_keeping_nothing_changes_any_more() {
        long number = begin(1000);
        table.sent(number, CARD);
        table.expire(1500 * MS);
        table.expire(11_000 * MS);
        table.firstAnswer(number, THERE, CARD + 10);
        assertThat(told.revised).isEmpty();
        assertThat(table.strangers()).isEqualTo(1);
    }

    @Test
    void a_full_table_forgets_the_oldest_and_says_so() {
        for (int i = 0; i < 64 + 10; i++) {
            table.sent(begin(1000), CARD);
        }
        assertThat(told.forgotten).isEqualTo(10);
        table.expire(1500 * MS);
        assertThat(told.settled).hasSize(64);
    }

    @Test
    void the_time_given_follows_what_the_target_needs() {
        for (int i = 0; i < 20; i++) {
            long number = begin(1000 + i);
            table.sent(number, CARD);
            table.firstAnswer(number, THERE, CARD + MS);
            table.secondAnswer(number, THERE, THERE + 1, (1001 + i) * MS);
        }
        long number = begin(2000);
        table.sent(number, CARD);
        assertThat(table.nextDueNanos()).isLessThanOrEqualTo(2050 * MS);
        table.expire(2050 * MS);
        assertThat(told.last.get(new ProbeNumber(number)).verdict()).isEqualTo(Verdict.LOST);
    }
}
