package dev.mayfly.mesh.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.mesh.control.Clos;
import dev.mayfly.mesh.exchange.AgentReport;
import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.ServiceFlow;
import dev.mayfly.mesh.exchange.ServicesSeen;
import dev.mayfly.mesh.probe.Sketch;
import dev.mayfly.mesh.probe.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JudgeTest {
    private final World world = new World();

    static Stream<String> components() {
        World world = new World();
        return java.util.stream.IntStream.range(0, world.map.fabric().components())
                .mapToObj(each -> world.map.describe(each).name());
    }

    @ParameterizedTest
    @MethodSource("components")
    void what_loses_most_is_found_within_two_seconds_and_nothing_else_is_blamed(String component) {
        world.pass(5, World.sound());
        assertThat(world.opened).isEmpty();
        long began = world.now / World.MS;
        world.pass(2.2, World.losing(component, 0.9));
        assertThat(world.book.open()).extracting(Incident::component).containsExactly(component);
        Incident incident = world.book.open().getFirst();
        assertThat(incident.fault()).isEqualTo(Blame.Fault.DROPS);
        assertThat(incident.priority()).isEqualTo(Incident.Priority.P1);
        assertThat(incident.opened().toEpochMilli() - began).isLessThanOrEqualTo(2000);
        assertThat(incident.suspected().toEpochMilli() - began).isLessThanOrEqualTo(1000);
        assertThat(incident.why()).contains("probes that crossed it");
    }

    /** A service from one host to another, whose flow is one that is probed anyway. */
    private void service(String name) {
        Flow flow = new Flow(Clos.card(0, 0), Clos.card(0, 1), 0xC000);
        world.services.tell(
                world.clos.registration(0, 0), new ServicesSeen(List.of(new ServiceFlow(flow, name)), 0, 0, 0));
    }

    @Test
    void what_a_service_crosses_is_graver_than_anything_else() {
        service("trainer");
        world.pass(3, World.losing("card eth0 of host H0-1", 0.9));
        Incident incident = world.only().orElseThrow();
        assertThat(incident.priority()).isEqualTo(Incident.Priority.P0);
        assertThat(incident.services()).containsExactly("trainer (10.1.0.1 to 10.1.0.2 from port 49152)");
    }

    @Test
    void what_no_service_crosses_is_as_grave_as_it_was() {
        service("trainer");
        world.pass(3, World.losing("card eth0 of host H2-1", 0.9));
        assertThat(world.only().orElseThrow().priority()).isEqualTo(Incident.Priority.P1);
        assertThat(world.only().orElseThrow().services()).isEmpty();
    }

    @Test
    void a_service_that_comes_to_a_fault_makes_it_graver_and_one_that_leaves_does_not_make_it_less() {
        world.pass(3, World.losing("card eth0 of host H0-1", 0.9));
        assertThat(world.only().orElseThrow().priority()).isEqualTo(Incident.Priority.P1);
        service("trainer");
        world.pass(1, World.losing("card eth0 of host H0-1", 0.9));
        assertThat(world.only().orElseThrow().priority()).isEqualTo(Incident.Priority.P0);
        assertThat(world.renamed).hasSize(1);
        world.services.forget(Clos.agent(0, 0));
        world.pass(1, World.losing("card eth0 of host H0-1", 0.9));
        assertThat(world.only().orElseThrow().priority()).isEqualTo(Incident.Priority.P0);
        assertThat(world.only().orElseThrow().services()).isEmpty();
    }

    @Test
    void a_host_that_is_silent_is_not_the_networks_fault_whatever_runs_there() {
        service("trainer");
        world.pass(5, World.sound());
        world.pass(7, World.sound(), "H0-1");
        assertThat(world.only().orElseThrow().priority()).isEqualTo(Incident.Priority.P2);
    }

    @Test
    void a_leaf_that_loses_half_of_everything_is_found() {
        world.pass(3, World.losing("leaf L1", 0.5));
        assertThat(world.only().orElseThrow().component()).isEqualTo("leaf L1");
    }

    @Test
    void a_small_loss_is_found_when_enough_was_seen() {
        world.pass(90, World.losing("spine " + Clos.spine(1) + " to leaf L2", 0.05));
        assertThat(world.only().orElseThrow().component()).isEqualTo("spine 10.3.0.1 to leaf L2");
    }

    @Test
    void an_incident_ends_some_time_after_the_last_loss_and_does_not_come_back_for_old_ones() {
        world.pass(3, World.losing("cable of leaf L0 and spine 10.3.0.0", 1));
        assertThat(world.opened).hasSize(1);
        world.pass(9, World.sound());
        assertThat(world.book.open()).hasSize(1);
        world.pass(60, World.sound());
        assertThat(world.book.open()).isEmpty();
        assertThat(world.ended).hasSize(1);
        assertThat(world.opened).hasSize(1);
        Duration lasted = Duration.between(
                world.ended.getFirst().opened(), world.ended.getFirst().closed().orElseThrow());
        assertThat(lasted).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(20));
    }

    @Test
    void a_host_that_does_not_run_is_silent_and_its_losses_are_nobodys_then_or_later() {
        world.pass(5, World.sound());
        world.pass(7, World.sound(), "H1-1");
        Incident incident = world.only().orElseThrow();
        assertThat(incident.component()).isEqualTo("host H1-1");
        assertThat(incident.fault()).isEqualTo(Blame.Fault.SILENT);
        assertThat(incident.why()).contains("was not heard for");
        world.pass(60, World.sound());
        assertThat(world.book.open()).isEmpty();
        assertThat(world.opened).hasSize(1);
    }

    @Test
    void a_host_that_answers_late_is_busy_and_no_card_or_link_is_blamed() {
        world.pass(5, (flow, crossed, random) -> {
            boolean there = flow.to().equals(Clos.card(2, 0)) || flow.from().equals(Clos.card(2, 0));
            return there && random.nextDouble() < 0.4 ? Verdict.LATE : Verdict.OK;
        });
        assertThat(world.opened).extracting(Incident::component).containsExactly("host H2-0");
        assertThat(world.opened.getFirst().fault()).isEqualTo(Blame.Fault.BUSY);
    }

    @Test
    void what_a_busy_host_loses_while_it_is_late_is_not_its_cards_fault() {
        world.pass(20, (flow, crossed, random) -> {
            boolean there = flow.to().equals(Clos.card(2, 0)) || flow.from().equals(Clos.card(2, 0));
            if (!there || random.nextDouble() > 0.4) {
                return Verdict.OK;
            }
            return random.nextInt(6) == 0 ? Verdict.LOST : Verdict.LATE;
        });
        assertThat(world.opened).extracting(Incident::component).containsExactly("host H2-0");
    }

    @Test
    void what_is_lost_while_an_agent_says_that_it_could_not_probe_or_answer_is_nobodys() {
        World.Fate losing = World.losing("card eth0 of host H1-1", 0.9);
        world.pass(3, World.sound());
        for (long stall = 200; stall <= 3000; stall += 200) {
            world.stalled.put(Clos.agent(1, 1), stall * World.MS);
            world.pass(0.2, stall < 2800 ? losing : World.sound());
        }
        world.stalled.clear();
        world.pass(20, World.sound());
        assertThat(world.opened).isEmpty();
        world.pass(3, losing);
        assertThat(world.opened).extracting(Incident::component).containsExactly("card eth0 of host H1-1");
    }

    @Test
    void a_host_within_which_probes_wait_is_busy_also_when_timeouts_have_got_used_to_it() {
        Judge judge = new Judge(JudgeOptions.USUAL, world.map, world.paths);
        for (int i = 1; i <= 10; i++) {
            Sketch waited = new Sketch();
            waited.add(200_000_000);
            Sketch quick = new Sketch();
            quick.add(30_000);
            AgentReport.Lengths lengths = new AgentReport.Lengths(
                    Clos.card(1, 0), Clos.card(1, 1), quick, i % 2 == 0 ? waited : quick, quick);
            judge.add(
                    new AgentReport(Clos.agent(1, 0), i, List.of(), List.of(lengths), List.of(), 1, 0, 0),
                    world.now + i * World.MS);
        }
        assertThat(judge.judge(world.now + 10 * World.MS))
                .extracting(Blame::name)
                .containsExactly("host H1-1");
        assertThat(judge.judge(world.now + 4000 * World.MS)).isEmpty();
    }

    @Test
    void a_link_that_changes_frames_is_told_from_one_that_loses_them() {
        world.pass(3, (flow, crossed, random) -> {
            if (!crossed.contains("leaf L2 to spine 10.3.0.1") || random.nextDouble() > 0.6) {
                return Verdict.OK;
            }
            return random.nextBoolean() ? Verdict.CORRUPT : Verdict.LOST;
        });
        assertThat(world.only().orElseThrow().fault()).isEqualTo(Blame.Fault.CORRUPTS);
        assertThat(world.only().orElseThrow().component()).isEqualTo("leaf L2 to spine 10.3.0.1");
    }

    @Test
    void two_faults_at_once_are_two_incidents() {
        World.Fate one = World.losing("leaf L0 to spine 10.3.0.0", 0.9);
        World.Fate other = World.losing("card eth0 of host H2-2", 0.9);
        world.pass(
                5,
                (flow, crossed, random) ->
                        one.of(flow, crossed, random) == Verdict.LOST ? Verdict.LOST : other.of(flow, crossed, random));
        assertThat(world.book.open())
                .extracting(Incident::component)
                .containsExactlyInAnyOrder("leaf L0 to spine 10.3.0.0", "card eth0 of host H2-2");
    }
}
