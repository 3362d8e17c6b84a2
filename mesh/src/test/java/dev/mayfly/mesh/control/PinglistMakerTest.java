package dev.mayfly.mesh.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.mesh.exchange.Flow;
import dev.mayfly.mesh.exchange.Pinglist;
import dev.mayfly.mesh.exchange.ProbeKind;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PinglistMakerTest {
    private static PinglistOptions options(int paths) {
        return new PinglistOptions(paths, 0.99, 5, 10, 1);
    }

    @Test
    void each_two_leaves_have_a_probe_each_way_however_many_there_are() {
        for (int leaves : new int[] {2, 3, 9, 40}) {
            Clos clos = new Clos(4, leaves, 3, 64);
            Map<IpAddress, Pinglist> lists =
                    PinglistMaker.make(clos.inventory(), options(4), 1).lists();
            Set<String> pairs = new HashSet<>();
            lists.forEach((from, list) -> list.targets().stream()
                    .filter(target -> target.kind() == ProbeKind.INTER_TOR)
                    .forEach(target -> pairs.add(
                            Clos.leafOf(from) + "-" + Clos.leafOf(target.peer().address()))));
            assertThat(pairs).hasSize(leaves * (leaves - 1));
        }
    }

    @Test
    void at_a_leaf_all_probe_all_but_themselves_and_who_is_probed_knows_the_prober() {
        Clos clos = new Clos(2, 2, 4, 8);
        Map<IpAddress, Pinglist> lists =
                PinglistMaker.make(clos.inventory(), options(2), 1).lists();
        lists.forEach((from, list) -> {
            assertThat(list.targets().stream().filter(target -> target.kind() == ProbeKind.TOR_MESH))
                    .hasSize(3)
                    .allSatisfy(target -> assertThat(target.peer().address()).isNotEqualTo(from));
            list.targets()
                    .forEach(target -> assertThat(
                                    lists.get(target.peer().address()).peers())
                            .extracting(peer -> peer.address())
                            .contains(from));
        });
    }

    @Test
    void the_order_of_registration_changes_nothing() {
        Clos clos = new Clos(2, 4, 4, 8);
        List<dev.mayfly.mesh.exchange.Registration> shuffled = new ArrayList<>(clos.registrations());
        Collections.shuffle(shuffled, new Random(3));
        assertThat(PinglistMaker.make(Inventory.of(shuffled), options(2), 1).lists())
                .isEqualTo(PinglistMaker.make(clos.inventory(), options(2), 1).lists());
    }

    @Test
    void what_the_ports_of_cards_cannot_cover_is_said_with_its_probability() {
        Clos clos = new Clos(64, 2, 1, 4);
        assertThat(PinglistMaker.make(clos.inventory(), options(64), 1).shortfalls())
                .hasSize(2)
                .allSatisfy(each -> assertThat(each).contains("4 flows").contains("557 are wanted"));
        assertThat(PinglistMaker.make(new Clos(2, 3, 3, 8).inventory(), options(2), 1)
                        .shortfalls())
                .isEmpty();
    }

    @Test
    void the_certificate_names_a_probe_for_each_link_and_each_link_without_one() {
        Clos clos = new Clos(2, 3, 3, 8);
        var made = PinglistMaker.make(clos.inventory(), options(2), 1);
        PathBook paths = new PathBook();
        FabricMap before = FabricMap.of(clos.inventory(), paths, Map.of());
        assertThat(Coverage.of(before, paths, made.lists().values(), List.of()).whole())
                .isFalse();
        made.lists()
                .forEach((from, list) -> list.traces()
                        .forEach(trace -> trace.sourcePorts()
                                .forEach(port -> paths.learn(clos.path(new Flow(from, trace.target(), port))))));
        FabricMap map = FabricMap.of(clos.inventory(), paths, Map.of());
        Coverage whole = Coverage.of(map, paths, made.lists().values(), made.shortfalls());
        assertThat(whole.shortfalls()).isEmpty();
        assertThat(whole.links()).hasSize(12).allSatisfy((name, probe) -> {
            int[] path = map.roundTrip(probe.orElseThrow(), paths).orElseThrow();
            assertThat(java.util.Arrays.stream(path)
                            .mapToObj(each -> map.describe(each).name()))
                    .contains(name);
        });

        Coverage none = Coverage.of(map, paths, List.of(), List.of());
        assertThat(none.links().values()).containsOnly(Optional.empty());
        assertThat(none.shortfalls()).hasSize(12);
    }

    @Test
    void a_flow_of_a_service_is_probed_from_its_own_port_and_both_ends_are_told() {
        Clos clos = new Clos(2, 3, 3, 8);
        Flow flow = new Flow(Clos.card(0, 0), Clos.card(2, 1), 58_177);
        var lists = PinglistMaker.make(clos.inventory(), options(2), List.of(flow), 1)
                .lists();
        assertThat(lists.get(flow.from()).targets())
                .filteredOn(target -> target.kind() == ProbeKind.SERVICE)
                .containsExactly(new Pinglist.Target(
                        clos.registration(2, 1).cards().getFirst().peer(), ProbeKind.SERVICE, List.of(58_177), 10));
        assertThat(lists.get(flow.to()).peers())
                .contains(clos.registration(0, 0).cards().getFirst().peer());
        assertThat(lists.get(flow.to()).traces())
                .filteredOn(trace -> trace.target().equals(flow.from()))
                .flatExtracting(Pinglist.Trace::sourcePorts)
                .contains(58_177);
        var without = PinglistMaker.make(clos.inventory(), options(2), 1).lists();
        assertThat(lists.get(Clos.card(1, 1))).isEqualTo(without.get(Clos.card(1, 1)));
    }

    @Test
    void flows_to_nowhere_or_within_a_host_are_left_out_and_those_beyond_the_bound_are_told() {
        Clos clos = new Clos(2, 3, 3, 8);
        List<Flow> flows = new ArrayList<>();
        flows.add(new Flow(Clos.card(0, 0), IpAddress.parse("192.0.2.1"), 50_000));
        flows.add(new Flow(Clos.card(0, 0), Clos.card(0, 0), 50_000));
        for (int i = 0; i < 70; i++) {
            flows.add(new Flow(Clos.card(0, 0), Clos.card(i % 2 + 1, i % 3), 50_001 + i));
        }
        var made = PinglistMaker.make(clos.inventory(), options(2), flows, 1);
        assertThat(made.lists().get(Clos.card(0, 0)).targets())
                .filteredOn(target -> target.kind() == ProbeKind.SERVICE)
                .flatExtracting(Pinglist.Target::sourcePorts)
                .hasSize(64);
        assertThat(made.shortfalls()).anyMatch(text -> text.startsWith("more than 64 flows of services"));
    }

    @Test
    void a_path_that_was_learned_in_part_never_takes_the_place_of_a_whole_one() {
        Clos clos = new Clos(2, 2, 2, 4);
        Flow flow = new Flow(Clos.card(0, 0), Clos.card(1, 0), 0xC000);
        PathBook paths = new PathBook();
        paths.learn(clos.path(flow));
        List<Optional<IpAddress>> holes = new ArrayList<>(clos.path(flow).hops());
        holes.set(1, Optional.empty());
        assertThat(paths.learn(new dev.mayfly.mesh.exchange.AgentReport.LearnedPath(flow, holes)))
                .isFalse();
        assertThat(paths.find(flow).orElseThrow()).hasSize(3);
    }
}
