package dev.mayfly.sandbox.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.allow.NetAllowlist;
import dev.mayfly.sandbox.allow.NetRule;
import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.box.NetEvidence;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The machine's own public address: services that listen on 0.0.0.0 are there, and a job does not come to them. */
class OwnAddressTest extends OnARealKernel {
    private static final String OURS = "93.184.216.34";

    private static NetAllowlist rules(String... rules) {
        return NetAllowlist.of(Stream.of(rules).map(NetRule::parse).toList());
    }

    private NetEvidence connecting(NetAllowlist grant, String... addresses) throws IOException {
        network.arm(grant);
        for (String address : addresses) {
            assertReset(new InetSocketAddress(address, 7000));
        }
        return network.disarm();
    }

    @Test
    void a_wide_rule_does_not_mean_the_machine_itself() throws IOException {
        own.add(InetAddress.getByName(OURS));
        own.add(InetAddress.getByName("2606:2800:220:1::1"));
        NetEvidence evidence = connecting(rules("0.0.0.0/0", "::/0"), OURS, "2606:2800:220:1::1");
        assertThat(evidence.violations())
                .containsExactly(
                        new Violation("net.own-address", "tcp 93.184.216.34:7000", 1),
                        new Violation("net.own-address", "tcp [2606:2800:220:1::1]:7000", 1));
        assertThat(evidence.decisions())
                .allSatisfy(decision -> assertThat(decision.reason())
                        .isEqualTo("an address of this machine, and no rule names just this one"));
        assertThat(dialled).isEmpty();
    }

    @Test
    void its_neighbours_are_reached_by_the_wide_rule() throws IOException {
        own.add(InetAddress.getByName(OURS));
        network.arm(rules("0.0.0.0/0"));
        try (SocketChannel channel = namespace.connect(new InetSocketAddress("93.184.216.35", 7000))) {
            assertThat(talk(channel, "hello\n")).isEqualTo("hello\n");
        }
        assertThat(network.disarm().violations()).isEmpty();
    }

    @Test
    void a_request_for_just_the_address_does_not_make_a_wide_policy_mean_it() throws IOException {
        own.add(InetAddress.getByName(OURS));
        NetEvidence evidence = connecting(rules("0.0.0.0/0").intersect(rules(OURS)), OURS);
        assertThat(evidence.violations())
                .containsExactly(new Violation("net.own-address", "tcp 93.184.216.34:7000", 1));
        assertThat(dialled).isEmpty();
    }

    @Test
    void a_private_block_does_not_mean_the_machine_itself() throws IOException {
        own.add(InetAddress.getByName("10.0.0.5"));
        NetEvidence evidence = connecting(rules("10.0.0.0/8"), "10.0.0.5");
        assertThat(evidence.violations()).containsExactly(new Violation("net.own-address", "tcp 10.0.0.5:7000", 1));
        assertThat(dialled).isEmpty();
    }

    @Test
    void a_permitted_name_does_not_lead_to_the_machine_itself() throws IOException {
        own.add(InetAddress.getByName(OURS));
        network.arm(rules("good.example:7000", "0.0.0.0/0"));
        assertThat(connectByHttp("good.example:7000")).contains("403");
        NetEvidence evidence = network.disarm();
        assertThat(evidence.violations()).containsExactly(new Violation("net.own-address", "tcp good.example:7000", 1));
        assertThat(evidence.decisions().getFirst().reason())
                .isEqualTo("name resolves to an address of this machine, and no rule names just this one");
        assertThat(dialled).isEmpty();
    }

    @Test
    void a_rule_for_just_this_address_reaches_it_by_address_and_by_name() throws IOException {
        own.add(InetAddress.getByName(OURS));
        NetAllowlist exact = rules("good.example:7000", OURS + ":7000");
        network.arm(rules("0.0.0.0/0", "good.example", OURS).intersect(exact));
        try (SocketChannel channel = namespace.connect(new InetSocketAddress(OURS, 7000))) {
            assertThat(talk(channel, "hello\n")).isEqualTo("hello\n");
        }
        assertThat(connectByHttp("good.example:7000")).contains("200");
        assertThat(network.disarm().violations()).isEmpty();
    }

    @Test
    void the_kernel_tells_every_address_of_every_interface_also_the_second_and_one_that_is_new() throws Exception {
        HostSide here = new HostSide();
        InetAddress first = InetAddress.getByName("93.184.216.10");
        InetAddress second = InetAddress.getByName("93.184.216.11");
        InetAddress six = InetAddress.getByName("2606:2800:220:1::10");
        InetAddress later = InetAddress.getByName("93.184.218.12");
        in("ip route del local 0.0.0.0/0 dev lo; ip -6 route del local ::/0 dev lo;"
                + " ip addr add 93.184.216.10/24 dev lo && ip addr add 93.184.216.11/24 dev lo"
                + " && ip -6 addr add 2606:2800:220:1::10/64 dev lo nodad");
        for (InetAddress address : List.of(first, second, six)) {
            assertThat(namespace.inside(() -> here.include(address)))
                    .as(address.toString())
                    .isTrue();
        }
        assertThat(namespace.inside(() -> here.include(later))).isFalse();
        in("ip addr add 93.184.218.12/32 dev lo");
        Thread.sleep(1_100); // what is known may be a second old
        assertThat(namespace.inside(() -> here.include(later))).isTrue();
    }

    @Test
    void an_address_that_is_its_own_by_a_route_only_counts_too() {
        HostSide here = new HostSide();
        for (String routed : List.of("93.184.216.77", "2606:2800:220:1::77")) {
            boolean ours = namespace.inside(() -> here.include(InetAddress.getByName(routed)));
            // IPv6 picks a source of an interface instead; the threat model says so.
            assertThat(ours).as(routed).isEqualTo(routed.indexOf(':') < 0);
        }
    }

    private void in(String commands) throws Exception {
        Process setup = new ProcessBuilder("nsenter", "-t", Long.toString(namespace.pid()), "-n", "sh", "-c", commands)
                .inheritIO()
                .start();
        assertThat(setup.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(setup.exitValue()).isZero();
    }
}
