package dev.mayfly.fleet.backend.slot;

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
import dev.mayfly.fleet.backend.machine.Bundle;
import dev.mayfly.fleet.backend.machine.Processes;
import dev.mayfly.fleet.backend.qemu.Templates;
import dev.mayfly.fleet.image.Template;
import dev.mayfly.fleet.network.Forge;
import dev.mayfly.fleet.network.PlayedInternet;
import dev.mayfly.fleet.network.PlayedInternet.Visit;
import dev.mayfly.fleet.network.WayOut;
import dev.mayfly.fleet.protocol.Attempt;
import dev.mayfly.testkit.Leaks;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real slots, and an internet of two namespaces. Everything in a slot is taken to be hostile. */
class SlotNetworkTest {
    private static final long MEMORY = 128 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Attempt ONE = new Attempt(new RunnerId("one"), new Fence(1));
    private static final Attempt TWO = new Attempt(new RunnerId("two"), new Fence(2));

    /** RFC 1035, 4.2.2: its length, and the question for example.test. */
    private static final String NAME_OVER_TCP =
            "printf '\\000\\036\\022\\064\\001\\000\\000\\001\\000\\000\\000\\000\\000\\000\\007example\\004test\\000\\000\\001\\000\\001'";

    private static Template template;
    private static Path program;

    @TempDir
    Path folder;

    private PlayedInternet net;
    private Leaks leaks;

    @BeforeAll
    static void findTemplate() throws Exception {
        Slots.need();
        template = Templates.debian();
        program = SlotBinary.locate().whereFound().orElseThrow();
    }

    @BeforeEach
    void play() throws Exception {
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
        }
    }

    @AfterAll
    static void letGo() {
        template = null;
    }

    private Backend open(Optional<WayOut> way) {
        return new SlotBackend(Slots.settings(template, folder, MEMORY, way), Ticker.system(), Log.off());
    }

    private Backend open(String policy) {
        return open(Optional.of(net.way(program, policy)));
    }

    private static void make(Backend backend, Attempt attempt) throws InterruptedException {
        long number = attempt.fence().value();
        backend.make(new Plan(
                attempt,
                new RunnerName("runner-" + number),
                ResourceType.NANO,
                new Identity(new MachineIdentifier(String.format("%032x", number)), MacAddress.of(number << 8))));
        backend.awaitReady(attempt, PATIENCE);
    }

    private static String run(Backend backend, String command) throws InterruptedException {
        return backend.run(ONE, command, "", PATIENCE).output();
    }

    private void takeForge(Backend backend) throws Exception {
        assertThat(backend.run(ONE, Forge.TAKE, Forge.build(folder), PATIENCE).exitCode())
                .isZero();
    }

    private static String fetch(String host) {
        return "timeout 60 wget -q -O - http://" + host + "/ 2>&1; echo";
    }

    @Test
    void a_slot_downloads_its_runner_by_name_and_does_a_job_with_it() throws Exception {
        try (Backend backend = open("internet")) {
            make(backend, ONE);
            backend.begin(
                    ONE,
                    "set -e; wget -q -O /tmp/runner.sh http://example.test/runner.sh; sh /tmp/runner.sh; "
                            + fetch("example.test"));
            assertThat(backend.awaitEnd(ONE, PATIENCE)).as(backend.output(ONE)).hasValue(0);
            assertThat(backend.output(ONE)).contains("the runner works\n", "hello from " + PlayedInternet.WEB);
            assertThat(net.visits()).hasSize(2).containsOnly(new Visit(PlayedInternet.WEB, PlayedInternet.HOST_OUT));
        }
    }

    @Test
    void all_of_a_long_transfer_arrives_both_ways_of_tcp_end_by_themselves_and_datagrams_are_answered()
            throws Exception {
        try (Backend backend = open("internet")) {
            make(backend, ONE);
            assertThat(run(
                            backend,
                            "head -c 20000000 /dev/zero | nc -w 60 " + PlayedInternet.WEB + " " + PlayedInternet.COUNT))
                    .isEqualTo("20000000\n");
            takeForge(backend);
            assertThat(run(backend, Forge.PLACE + " udp 0.0.0.0 " + PlayedInternet.WEB + " 7 hello"))
                    .isEqualTo("hello");
            assertThat(run(backend, "nslookup example.test; nslookup nobody.test 2>&1"))
                    .contains(PlayedInternet.WEB, "NXDOMAIN");
            assertThat(run(backend, NAME_OVER_TCP + " | nc -w 30 10.0.2.3 53 | wc -c"))
                    .as("length, question and answer")
                    .isEqualTo("48\n");
            assertThat(run(backend, "nc -w 20 " + PlayedInternet.WEB + " 81 2>&1; echo $?"))
                    .as("nobody listens there")
                    .doesNotContain("hello");
        }
    }

    @Test
    void nothing_else_is_reached_neither_private_nor_the_host_nor_another_runner() throws Exception {
        try (Backend backend = open("internet");
                ServerSocket service = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            make(backend, ONE);
            make(backend, TWO);
            int other = backend.awaitReady(TWO, PATIENCE).port();
            assertThat(run(backend, fetch("example.test"))).contains("hello");
            List<String> closed = new ArrayList<>(PlayedInternet.PRIVATE);
            closed.addAll(PlayedInternet.HOST);
            closed.addAll(List.of(PlayedInternet.ROUTER, "10.0.2.2", "10.0.2.3", "10.0.2.15", "127.0.0.1", "0.0.0.0"));
            closed.addAll(
                    List.of("255.255.255.255", "10.99.0.255", "224.0.0.1", "[::1]", "[fd00::2]", "[::ffff:10.20.0.7]"));
            // A name of which somebody outside says that it is inside.
            closed.add("inside.test");
            for (String each : closed) {
                assertThat(run(backend, fetch(each))).as(each).doesNotContain("hello");
            }
            for (int port : new int[] {service.getLocalPort(), other}) {
                for (String each : List.of("127.0.0.1", "10.0.2.2", "10.0.2.3", PlayedInternet.HOST_OUT)) {
                    assertThat(run(backend, "nc -w 5 " + each + " " + port + " 2>&1; echo $?"))
                            .as(each + ":" + port)
                            .doesNotContain("SSH")
                            .endsWith("1\n");
                }
            }
            assertThat(net.visits()).containsOnly(new Visit(PlayedInternet.WEB, PlayedInternet.HOST_OUT));
        }
    }

    @Test
    void nothing_forged_leaves_a_slot() throws Exception {
        try (Backend backend = open("internet")) {
            make(backend, ONE);
            for (String command : List.of(
                    "ping -c 1 -W 2 " + PlayedInternet.WEB,
                    "ping6 -c 1 -W 2 fd00::2",
                    "arping -c 1 -I lo " + PlayedInternet.ROUTER,
                    "traceroute -w 1 -m 2 " + PlayedInternet.WEB,
                    "ip addr add 93.184.216.99/32 dev lo",
                    "ip route add 10.20.0.0/16 dev lo",
                    "ip link add x type veth",
                    "echo 1 >/proc/sys/net/ipv4/ip_forward")) {
                assertThat(run(backend, "(" + command + ") >/dev/null 2>&1 && echo ESCAPED; echo alive"))
                        .as(command)
                        .isEqualTo("alive\n");
            }
            takeForge(backend);
            for (String each : List.of("255.255.255.255", "10.99.0.255", "224.0.0.1", PlayedInternet.COMPANY)) {
                for (String from : List.of("0.0.0.0", "93.184.216.99", "10.0.2.15", "127.0.0.1")) {
                    assertThat(run(backend, Forge.PLACE + " send " + from + " " + each + " 7 loud"))
                            .as("from " + from + " to " + each)
                            .doesNotContain("hello");
                }
            }
            assertThat(run(backend, Forge.PLACE + " raw 93.184.216.99 " + PlayedInternet.WEB))
                    .isEmpty();
            run(backend, Forge.PLACE + " send 93.184.216.99 " + PlayedInternet.WEB + " 7 forged");
            run(backend, Forge.PLACE + " tcp 93.184.216.99 " + PlayedInternet.WEB + " 80");
            run(backend, Forge.PLACE + " tcp " + PlayedInternet.COMPANY + " " + PlayedInternet.WEB + " 80");
            assertThat(run(backend, Forge.PLACE + " udp 0.0.0.0 " + PlayedInternet.WEB + " 7 last"))
                    .as("what was sent before has arrived, if it ever will")
                    .isEqualTo("last");
            assertThat(net.datagrams()).allMatch(each -> each.from().equals(PlayedInternet.HOST_OUT));
            assertThat(net.datagrams()).noneMatch(each -> each.to().equals("loud"));
            assertThat(net.visits())
                    .allMatch(each -> each.equals(new Visit(PlayedInternet.WEB, PlayedInternet.HOST_OUT)));
        }
    }

    @Test
    void a_slot_reaches_what_was_named_and_its_own_services() throws Exception {
        try (Backend backend = open(PlayedInternet.COMPANY + ",10.99.0.77")) {
            make(backend, ONE);
            assertThat(run(backend, fetch("inside.test"))).contains("hello from " + PlayedInternet.COMPANY);
            assertThat(run(backend, fetch("10.99.0.77")))
                    .as("an address of the host that was named itself")
                    .contains("hello");
            assertThat(run(backend, fetch("example.test"))).doesNotContain("hello");
            assertThat(run(backend, fetch(PlayedInternet.HOST_OUT))).doesNotContain("hello");
            String own = "echo mine | nc -l -p 5432 >/dev/null & i=0; until [ $i = 300 ]; do i=$((i + 1)); ";
            String done = " && exit; sleep 0.1; done";
            assertThat(run(backend, own + "echo x | nc 127.0.0.1 5432 2>/dev/null" + done))
                    .isEqualTo("mine\n");
            assertThat(run(backend, own + "echo x | nc localhost 5432 2>/dev/null" + done))
                    .isEqualTo("mine\n");
        }
    }

    @Test
    void a_slot_that_opens_all_it_can_is_still_reached_by_its_agent() throws Exception {
        try (Backend backend = open("internet")) {
            make(backend, ONE);
            takeForge(backend);
            String many = Forge.PLACE + " many " + PlayedInternet.WEB + " " + PlayedInternet.COUNT + " 900";
            assertThat(run(
                            backend,
                            many
                                    + " >/run/many & i=0; until [ -s /run/many ] || [ $i = 600 ]; do i=$((i + 1)); sleep 0.1;"
                                    + " done; cat /run/many"))
                    .isEqualTo("900\n");
            run(backend, Forge.PLACE + " flood " + PlayedInternet.WEB + " 7 900");
            assertThat(run(backend, "echo still here")).isEqualTo("still here\n");
            backend.destroy(ONE);
        }
    }

    @Test
    void with_its_holder_the_whole_network_is_gone() throws Exception {
        try (Backend backend = open("internet")) {
            make(backend, ONE);
            make(backend, TWO);
            for (ProcessHandle each :
                    Processes.of(Bundle.of(folder.resolve("r").toRealPath(), TWO), SlotMachine.MARK)) {
                each.destroyForcibly();
                each.onExit().get();
            }
            assertThat(run(backend, fetch("example.test"))).contains("hello");
            backend.destroy(TWO);
            assertThat(backend.survey()).containsExactly(ONE);
        }
    }
}
