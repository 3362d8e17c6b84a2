package dev.mayfly.mesh.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ScheduleTest {
    private static final long SECOND = 1_000_000_000;
    private static final Route ROUTE =
            new Route(IpAddress.v4(1), IpAddress.v4(2), 0xC000, Route.DEFAULT_PARTITION, 20, 30, 40);

    private final Schedule schedule = new Schedule(new Random(1));

    private static Schedule.Item item(int first, int flows, double perSecond) {
        List<Schedule.Due> due = new ArrayList<>();
        for (int i = 0; i < flows; i++) {
            due.add(new Schedule.Due(first + i, ROUTE));
        }
        return new Schedule.Item(due, perSecond);
    }

    private int[] run(double seconds, int flows) {
        int[] sent = new int[flows];
        for (long now = 0; now < seconds * SECOND; now += SECOND / 1000) {
            for (Schedule.Due due = schedule.next(now); due != null; due = schedule.next(now)) {
                sent[due.flow()]++;
            }
        }
        return sent;
    }

    @Test
    void each_target_is_probed_at_its_rate_with_its_flows_in_turn() {
        schedule.use(List.of(item(0, 1, 10), item(1, 4, 1)), 0);
        int[] sent = run(100, 5);
        assertThat(sent[0]).isBetween(980, 1020);
        for (int flow = 1; flow < 5; flow++) {
            assertThat(sent[flow]).isBetween(24, 26);
        }
    }

    @Test
    void at_a_slower_pace_all_are_slower_and_none_stops() {
        schedule.pace(0.1);
        schedule.use(List.of(item(0, 1, 10), item(1, 1, 1)), 0);
        int[] sent = run(100, 2);
        assertThat(sent[0]).isBetween(95, 105);
        assertThat(sent[1]).isBetween(9, 11);
    }

    @Test
    void what_was_missed_while_the_host_did_not_run_is_not_made_up_for() {
        schedule.use(List.of(item(0, 1, 10)), 0);
        run(1, 1);
        int late = 0;
        for (Schedule.Due due = schedule.next(60 * SECOND); due != null; due = schedule.next(60 * SECOND)) {
            late++;
            assertThat(late).isLessThan(5);
        }
        assertThat(late).isPositive();
    }

    @Test
    void a_host_with_too_much_to_do_slows_down_rung_by_rung_never_stops_and_comes_back() {
        double[] load = {0.2};
        Watchdog watchdog = new Watchdog(() -> load[0], () -> -1, AgentSettings.Protection.USUAL);
        assertThat(watchdog.look()).isEqualTo(1);
        load[0] = 0.95;
        assertThat(List.of(watchdog.look(), watchdog.look(), watchdog.look(), watchdog.look(), watchdog.look()))
                .containsExactly(0.5, 0.25, 0.1, 0.1, 0.1);
        load[0] = 0.8;
        assertThat(watchdog.look()).as("not clearly less").isEqualTo(0.1);
        load[0] = 0.5;
        assertThat(List.of(watchdog.look(), watchdog.look(), watchdog.look())).containsExactly(0.25, 0.5, 1.0);
    }
}
