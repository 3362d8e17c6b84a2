package dev.mayfly.fleet.backend.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.log.Log;
import dev.mayfly.base.time.Ticker;
import dev.mayfly.fleet.api.Fence;
import dev.mayfly.fleet.api.Identity;
import dev.mayfly.fleet.api.MacAddress;
import dev.mayfly.fleet.api.MachineIdentifier;
import dev.mayfly.fleet.api.ResourceType;
import dev.mayfly.fleet.api.RunnerId;
import dev.mayfly.fleet.api.RunnerName;
import dev.mayfly.fleet.backend.Backend;
import dev.mayfly.fleet.backend.Plan;
import dev.mayfly.fleet.backend.StartTimes;
import dev.mayfly.fleet.backend.machine.Bundle;
import dev.mayfly.fleet.backend.machine.Processes;
import dev.mayfly.fleet.backend.slot.SlotBinary;
import dev.mayfly.fleet.image.Template;
import dev.mayfly.fleet.network.Forge;
import dev.mayfly.fleet.network.PlayedInternet;
import dev.mayfly.fleet.network.PlayedInternet.Visit;
import dev.mayfly.fleet.network.WayOut;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.platform.LauncherBinary;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real machine whose QEMU runs in a network that is held, and an internet of two namespaces. */
class QemuNetworkTest {
    private static final long MEMORY = 256 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final Attempt ONE = new Attempt(new RunnerId("one"), new Fence(1));

    /** Short, because a socket's path must be. */
    @TempDir
    Path folder;

    private Template template;
    private PlayedInternet net;
    private Leaks leaks;

    @BeforeEach
    void play() throws Exception {
        Needs.linux();
        Needs.root();
        Needs.command("qemu-system-x86_64");
        Needs.that(SlotBinary.locate() instanceof LauncherBinary.Found, "slots", "mayfly-slot was not built");
        template = Templates.debian();
        leaks = Leaks.snapshot(folder.toString());
        net = PlayedInternet.make();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        if (net != null) {
            try (Backend backend = open(Optional.empty())) {
                backend.survey().forEach(backend::destroy);
            }
            net.close();
            leaks.assertUnchanged(Duration.ofSeconds(30));
            assertThat(folder.resolve("r")).isEmptyDirectory();
        }
    }

    private QemuBackend open(Optional<WayOut> way) {
        return new QemuBackend(
                new QemuSettings(
                        Needs.command("qemu-system-x86_64"),
                        template,
                        folder.resolve("r"),
                        folder.resolve("w"),
                        MEMORY,
                        way),
                Ticker.system(),
                Log.off());
    }

    private static String run(Backend backend, String command) throws InterruptedException {
        return backend.run(ONE, command, "", PATIENCE).output();
    }

    private static String fetch(String host) {
        return "timeout 60 wget -q -O - http://" + host + "/ 2>&1; echo";
    }

    @Test
    void a_guest_reaches_the_internet_by_name_and_nothing_else_and_ends_with_its_holder() throws Exception {
        try (QemuBackend without = open(Optional.empty())) {
            // What is saved knows nothing of networks.
            without.warm(ResourceType.NANO, PATIENCE);
        }
        Path program = SlotBinary.locate().whereFound().orElseThrow();
        try (QemuBackend backend = open(Optional.of(net.way(program, "internet")))) {
            backend.make(new Plan(
                    ONE,
                    new RunnerName("runner-1"),
                    ResourceType.NANO,
                    new Identity(new MachineIdentifier("%032x".formatted(1)), MacAddress.of(1 << 8))));
            backend.awaitReady(ONE, PATIENCE);
            assertThat(backend.times(ONE).orElseThrow().way()).isEqualTo(StartTimes.Way.RESTORED);
            backend.begin(ONE, "set -e; wget -q -O /run/runner.sh http://example.test/runner.sh; sh /run/runner.sh");
            assertThat(backend.awaitEnd(ONE, PATIENCE)).as(backend.output(ONE)).hasValue(0);
            assertThat(backend.output(ONE)).isEqualTo("the runner works\n");
            assertThat(backend.run(ONE, Forge.TAKE, Forge.build(folder), PATIENCE)
                            .exitCode())
                    .isZero();
            assertThat(run(backend, Forge.PLACE + " udp 0.0.0.0 " + PlayedInternet.WEB + " 7 hello"))
                    .isEqualTo("hello");
            reachesNothingElse(backend);
            ends(backend);
        }
    }

    /** Few commands: under emulation each takes a while. */
    private void reachesNothingElse(Backend backend) throws InterruptedException {
        List<String> closed = new ArrayList<>(PlayedInternet.PRIVATE);
        closed.addAll(PlayedInternet.HOST);
        closed.addAll(List.of(PlayedInternet.ROUTER, "10.0.2.2", "10.0.2.3", "255.255.255.255", "inside.test"));
        assertThat(run(
                        backend,
                        "for each in " + String.join(" ", closed)
                                + "; do timeout 5 wget -q -O - http://$each/ 2>&1 & done; wait; echo done"))
                .doesNotContain("hello")
                .endsWith("done\n");
        // Whoever is root in a guest sends what they like: as somebody else, to anybody, past all routes.
        String forge = Forge.PLACE + " ";
        assertThat(run(
                        backend,
                        String.join(
                                "; ",
                                forge + "send 0.0.0.0 " + PlayedInternet.COMPANY + " 7 loud",
                                forge + "send 0.0.0.0 255.255.255.255 7 loud",
                                forge + "send 0.0.0.0 10.0.2.255 7 loud",
                                forge + "send 0.0.0.0 224.0.0.1 7 loud",
                                forge + "send 93.184.216.99 " + PlayedInternet.WEB + " 7 forged",
                                forge + "raw 93.184.216.99 " + PlayedInternet.COMPANY,
                                "arping -c 1 -w 2 -I eth0 " + PlayedInternet.ROUTER,
                                "ip route add 10.20.0.0/16 via 10.0.2.2",
                                "timeout 5 wget -q -O - http://" + PlayedInternet.COMPANY,
                                "echo 0 >/proc/sys/net/ipv6/conf/eth0/disable_ipv6",
                                "ip -6 addr add fd00::9/64 dev eth0; ip -6 route add default dev eth0",
                                "timeout 5 wget -q -O - http://[2001:db8::1]/")))
                .contains("sent packet", "sent frame")
                .doesNotContain("hello");
        assertThat(run(backend, fetch("example.test"))).contains("hello from " + PlayedInternet.WEB);
        assertThat(net.visits()).containsOnly(new Visit(PlayedInternet.WEB, PlayedInternet.HOST_OUT));
        assertThat(net.datagrams())
                .allMatch(each -> each.from().equals(PlayedInternet.HOST_OUT))
                .noneMatch(each -> each.to().equals("loud"));
    }

    /** Killed, and nothing goes on without it. */
    private void ends(Backend backend) throws Exception {
        Bundle bundle = Bundle.of(folder.resolve("r").toRealPath(), ONE);
        List<ProcessHandle> both = Processes.of(bundle, QemuFiles.CONTROL_OPTION);
        assertThat(both).as("holder and QEMU").hasSize(2);
        ProcessHandle holder = both.stream()
                .filter(each -> both.stream()
                        .anyMatch(other -> other.parent().filter(each::equals).isPresent()))
                .findFirst()
                .orElseThrow();
        holder.destroyForcibly();
        for (ProcessHandle each : both) {
            assertThat(Processes.awaitEnd(each, Duration.ofSeconds(30))).isTrue();
        }
        backend.destroy(ONE);
        assertThat(backend.survey()).isEmpty();
    }
}
