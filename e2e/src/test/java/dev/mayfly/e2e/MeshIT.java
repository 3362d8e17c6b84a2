package dev.mayfly.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.e2e.Program.Ended;
import dev.mayfly.testkit.Needs;
import dev.mayfly.testkit.RoutedNet;
import dev.mayfly.testkit.RoutedNet.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Network health as a user types it. */
class MeshIT {
    @TempDir
    Path home;

    private Ended mesh(String... words) {
        List<String> all = new ArrayList<>(List.of("mesh"));
        all.addAll(List.of(words));
        return Program.mayfly(home, all.toArray(String[]::new)).run();
    }

    private Program inside(RoutedNet net, Place place, String... words) {
        List<String> all = new ArrayList<>(net.entering(place));
        all.add(Program.SCRIPT.toString());
        all.add("mesh");
        all.addAll(List.of(words));
        return Program.of(all.toArray(String[]::new))
                .with("MAYFLY_HOME", home.toString())
                .with("HOME", home.toString());
    }

    @Test
    void doctor_gives_a_reason_and_a_fix_for_all_that_is_not_there() {
        Ended ended = mesh("doctor");
        assertThat(ended.exitCode()).as(ended.err()).isIn(0, 69);
        assertThat(ended.out()).contains("mesh-card", "mesh-gid", "mesh-mtu", "mesh-port", "mesh-stamps", "mesh-clock");
        assertThat(mesh("doctor", "--json").out()).contains("\"can_probe\": ", "\"fix\": ");
    }

    @Test
    void without_an_rdma_card_verbs_says_so_and_what_to_do() throws IOException {
        Path cards = Path.of("/sys/class/infiniband");
        if (Files.isDirectory(cards)) {
            try (var entries = Files.list(cards)) {
                Needs.that(entries.findAny().isEmpty(), "no RDMA card", "this machine has one");
            }
        }
        assertThat(mesh("doctor").out()).containsPattern("mesh-verbs +unavailable");
        Ended agent = mesh("agent", "--tor", "x", "--transport", "verbs");
        assertThat(agent.exitCode()).isEqualTo(69);
        assertThat(agent.err()).contains("RDMA", "fix: ", "--transport soft");
        Ended respond = mesh("respond", "--address", "127.0.0.1", "--transport", "verbs");
        assertThat(respond.exitCode()).isEqualTo(69);
        assertThat(respond.err()).contains("--transport soft");
        Ended wrong = mesh("ping", "--transport", "pigeon", "127.0.0.1");
        assertThat(wrong.exitCode()).isEqualTo(64);
        assertThat(wrong.err()).contains("there is no transport 'pigeon'");
    }

    @Test
    void a_seed_is_told_and_many_are_compared_and_drawn() throws IOException {
        Ended sim = mesh("sim", "--seed", "0", "--size", "128", "--fabric", "two", "--seconds", "5");
        assertThat(sim.exitCode()).as(sim.err()).isZero();
        assertThat(sim.out()).contains("broken: link dead, both ways", "found  cable of", "(right", "of ");

        Path page = home.resolve("report.html");
        String[] eval = {
            "eval", "--seeds", "6", "--size", "64", "--seconds", "10", "--window", "5", "--html", page.toString()
        };
        Ended table = mesh(eval);
        assertThat(table.exitCode()).as(table.err()).isZero();
        assertThat(table.out()).contains("link dead, both ways", "likelihood: found", "netbouncer: found", "bound");
        assertThat(Files.readString(page))
                .startsWith("<!DOCTYPE html>")
                .contains("<svg ", "prefers-color-scheme: dark")
                .doesNotContain("<script", "http:", "https:", "NaN");
        assertThat(mesh(eval).out()).isEqualTo(table.out());
        assertThat(mesh("eval", "--seeds", "1", "--size", "64", "--seconds", "2", "--json")
                        .out())
                .contains("\"kinds\": ", "\"found\": ");
    }

    @Test
    void what_is_typed_wrongly_is_told_with_what_there_is() {
        Ended fabric = mesh("eval", "--fabric", "four");
        assertThat(fabric.exitCode()).isEqualTo(64);
        assertThat(fabric.err()).contains("MF-1001", "two, three, rails");
        assertThat(mesh("sim", "--faults", "link-deaf").err()).contains("link-dead");
        assertThat(mesh("ping", "-i", "0", "127.0.0.1").exitCode()).isEqualTo(64);
        assertThat(mesh("ping").exitCode()).isEqualTo(64);
        assertThat(mesh().exitCode()).isEqualTo(64);
    }

    @Test
    void through_routers_a_ping_is_answered_and_a_trace_shows_the_ways() throws Exception {
        try (RoutedNet net = RoutedNet.make()) {
            Ended alone = inside(net, Place.A, "ping", "-c", "2", "-i", "0.01", RoutedNet.B)
                    .run();
            assertThat(alone.exitCode()).isEqualTo(69);
            assertThat(alone.err()).contains("answered no probe", "mayfly mesh respond --peer " + RoutedNet.A);

            Process respond =
                    inside(net, Place.B, "respond", "--peer", "10.231.0.0/16").start();
            try {
                byte[] ready = respond.getInputStream().readNBytes("answering probes to".length());
                assertThat(new String(ready, StandardCharsets.UTF_8)).isEqualTo("answering probes to");
                Ended ping = inside(net, Place.A, "ping", "-c", "40", "-i", "0.02", "--paths", "8", RoutedNet.B)
                        .run();
                assertThat(ping.exitCode()).as(ping.err()).isZero();
                assertThat(ping.out()).contains("stamps of the kernel", "network", "responder", "prober", "40 probes");
                Ended json = inside(net, Place.A, "ping", "--json", "-c", "3", "-i", "0.01", RoutedNet.B)
                        .run();
                assertThat(json.out().lines()).hasSize(4).allMatch(line -> line.startsWith("{\""));
                Ended trace = inside(net, Place.A, "trace", "--ports", "32", RoutedNet.B)
                        .run();
                assertThat(trace.exitCode()).as(trace.err()).isZero();
                assertThat(trace.out())
                        .contains("32 source ports, 2 ways", "answered")
                        .contains(RoutedNet.LEAF_A)
                        .contains(RoutedNet.SPINES);
            } finally {
                // Not that of the process, which closes what it said.
                respond.toHandle().destroy();
                assertThat(respond.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(new String(respond.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .contains("answered ", "refused 0");
        }
    }
}
