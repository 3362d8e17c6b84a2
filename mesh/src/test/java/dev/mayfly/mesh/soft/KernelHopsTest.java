package dev.mayfly.mesh.soft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.trace.Hops;
import dev.mayfly.mesh.trace.PathTrace;
import dev.mayfly.mesh.trace.TracedPath;
import dev.mayfly.mesh.trace.TracedPath.End;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.platform.linux.Setns;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.RoutedNet;
import dev.mayfly.testkit.RoutedNet.Place;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ways through real routers of the kernel. */
class KernelHopsTest {
    private static final List<Integer> PORTS =
            IntStream.range(50_000, 50_024).boxed().toList();

    private Leaks leaks;
    private RoutedNet net;

    @BeforeEach
    void makeNet() throws IOException {
        leaks = Leaks.snapshot("mayfly-hops");
        net = RoutedNet.make();
    }

    @AfterEach
    void takeNetAway() {
        if (net != null) {
            net.close();
            leaks.assertUnchanged();
        }
    }

    private List<TracedPath> trace() throws InterruptedException {
        Peer target = Peer.byHand(IpAddress.parse(RoutedNet.B));
        try (Hops hops = Setns.inNetworkOf(
                net.pid(Place.A), () -> KernelHops.open(IpAddress.parse(RoutedNet.A), target, PORTS))) {
            return new PathTrace(hops, target.address(), PORTS, Ticker.system()).run(10);
        }
    }

    @Test
    void every_port_shows_its_routers_and_ports_spread_over_both_spines() throws InterruptedException {
        List<TracedPath> paths = trace();
        assertThat(paths).hasSize(PORTS.size()).allSatisfy(path -> {
            assertThat(path.end()).isEqualTo(End.NOBODY_THERE);
            assertThat(path.hops()).hasSize(4);
            assertThat(address(path, 0)).isEqualTo(RoutedNet.LEAF_A);
            assertThat(address(path, 1)).isIn(RoutedNet.SPINES);
            assertThat(address(path, 3)).isEqualTo(RoutedNet.B);
            assertThat(path.hops()).allSatisfy(hop -> assertThat(hop.nanos()).isBetween(1L, 5_000_000_000L));
        });
        assertThat(paths.stream().map(path -> address(path, 1)).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(RoutedNet.SPINES);
        assertThat(trace())
                .extracting(TracedPath::addresses)
                .isEqualTo(paths.stream().map(TracedPath::addresses).toList());
    }

    @Test
    void ways_over_a_spine_with_a_dead_cable_end_there_and_the_others_go_on() throws Exception {
        net.in(Place.SPINE_1, "ip link set " + RoutedNet.cableTo(Place.LEAF_B) + " down");
        net.in(Place.LEAF_B, "ip route replace 10.231.1.0/24 via 10.231.22.1");
        List<TracedPath> paths = trace();
        for (TracedPath path : paths) {
            if (path.end() == End.NOBODY_THERE) {
                assertThat(address(path, 1)).isEqualTo(RoutedNet.SPINES.get(1));
            } else if (path.end() == End.UNREACHABLE) {
                // A router of Linux says so five times in a row, then once a second; the others of this spine are
                // silent.
                assertThat(path.hops().size()).as("%s", path).isLessThanOrEqualTo(2);
            }
        }
        assertThat(paths).extracting(TracedPath::end).contains(End.UNREACHABLE, End.NOBODY_THERE);
    }

    private static String address(TracedPath path, int hop) {
        return Optional.of(path.hops().get(hop))
                .flatMap(TracedPath.Hop::address)
                .map(IpAddress::toString)
                .orElse("*");
    }
}
