package dev.mayfly.sandbox.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.allow.NetAllowlist;
import dev.mayfly.sandbox.allow.NetRule;
import dev.mayfly.sandbox.box.NetEvidence;
import dev.mayfly.sandbox.box.NetGrant;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * Spellings, addresses and detours by which other allowlists were passed. The grant is one name, one suffix and one
 * block, on port 443; whatever is not one of these must not reach the world, and must be in the evidence.
 */
class BypassTest extends OnARealKernel {
    private static final NetGrant GRANT = NetAllowlist.of(List.of(
            NetRule.parse("good.example:443"),
            NetRule.parse("*.suffix.example:443"),
            NetRule.parse("93.184.216.0/28:443")));

    /** Hosts as a proxy client may spell them; bytes above 0x7f are sent as they are. */
    static List<String> hosts() {
        List<String> hosts = new ArrayList<>(List.of(
                // other hosts, and parts of good ones
                "evil.example",
                "example",
                "good",
                "xgood.example",
                "good.examplex",
                "good.example.evil.example",
                "evilsuffix.example",
                "suffix.example",
                "x.suffix.example.evil.example",
                "suffix.example.evil.com",
                "good-example",
                "goodxexample",
                "good.example-",
                "-good.example",
                "g00d.example",
                "go\u00f6d.example",
                "xn--good-.example.evil",
                "www.good.example",
                "a.good.example",
                "*.suffix.example",
                "*",
                "*.*",
                ".",
                // user parts, paths, queries, fragments, ports in the wrong place
                "good.example@evil.example",
                "evil.example@good.example",
                "good.example:443@evil.example",
                "good.example/",
                "evil.example/good.example",
                "evil.example?good.example",
                "evil.example#good.example",
                "evil.example\\good.example",
                "evil.example;good.example",
                "good.example,evil.example",
                "http://good.example",
                "//good.example",
                "good.example:443:443",
                "good.example:80",
                // control and blank characters, percent forms
                "evil.example\0.good.example",
                "good.example\0",
                "good.example\0.evil.example",
                "\0good.example",
                "good.example%00.evil.example",
                "evil.example%00good.example",
                "good%2eexample",
                "%67ood.example",
                "good.example ",
                " good.example",
                "good.\texample",
                "good.example\n",
                "good\u007f.example",
                "evil.example\r\nX: good.example",
                // dots
                "good..example",
                ".good.example",
                "good.example..",
                "good.example...",
                "good\u3002example",
                "good\u00b7example",
                ".suffix.example",
                "x..suffix.example",
                // letters that look alike or fold
                "g\u00d6\u00d6d.example",
                "\u00aad.example",
                "good.exampl\u00e9",
                "g\u00a0ood.example",
                // labels and names of the wrong size
                "x".repeat(64) + ".suffix.example",
                ("x".repeat(60) + ".").repeat(4) + "suffix.example"));
        hosts.addAll(addressSpellings());
        return hosts;
    }

    /** The addresses of this machine, of its networks and of metadata services, in all the ways libraries accept. */
    private static List<String> addressSpellings() {
        return List.of(
                "127.0.0.1",
                "127.0.0.53",
                "127.1",
                "127.0.1",
                "0",
                "0.0.0.0",
                "00.0.0.0",
                "localhost",
                "localhost.",
                "LOCALHOST",
                "localhost.localdomain",
                "ip6-localhost",
                "2130706433",
                "017700000001",
                "0x7f000001",
                "0x7f.0.0.1",
                "0x7f.1",
                "0177.0.0.1",
                "0177.1",
                "127.0.0.01",
                "127.000.000.001",
                "127.0.0.1.",
                "0x7F.0x0.0x0.0x1",
                "127.0.0.0x1",
                "4294967295",
                "99999999999",
                "1.1",
                "1",
                "256.256.256.256",
                "127.0.0.1.nip.io",
                "10.0.0.1",
                "10.1",
                "167772161",
                "0xa000001",
                "012.0.0.1",
                "172.16.0.1",
                "192.168.0.1",
                "192.168.1",
                "100.64.0.1",
                "100.100.100.200",
                "169.254.169.254",
                "2852039166",
                "0xa9fea9fe",
                "0251.0376.0251.0376",
                "169.254.43518",
                "169.16689662",
                "metadata",
                "metadata.google.internal",
                "instance-data",
                "192.0.0.192",
                "198.18.0.1",
                "198.18.0.2",
                "198.19.255.255",
                "224.0.0.1",
                "255.255.255.255",
                "240.0.0.1",
                "[::1]",
                "::1",
                "[::]",
                "::",
                "[0:0:0:0:0:0:0:1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "::ffff:10.0.0.1",
                "[::127.0.0.1]",
                "[::ffff:a9fe:a9fe]",
                "[64:ff9b::127.0.0.1]",
                "[64:ff9b::a9fe:a9fe]",
                "[64:ff9b:1::7f00:1]",
                "[2002:7f00:1::]",
                "[2002:a9fe:a9fe::1]",
                "[2001:0:7f00:1::]",
                "[fd00:ec2::254]",
                "[fe80::1]",
                "[fe80::1%25lo]",
                "fe80::1%lo",
                "[fc00::1]",
                "[ff02::1]",
                "[::1%lo]",
                "[::ffff:93.184.216.99]",
                "[::93.184.216.1]",
                "[93.184.216.1]",
                "[good.example]",
                "93.184.216.16",
                "93.184.216.255",
                "93.184.217.1",
                "093.184.216.1",
                "0x5d.184.216.1",
                "1572395009",
                "93.184.55297",
                "5d.b8.d8.01");
    }

    static List<InetSocketAddress> rawDestinations() {
        List<InetSocketAddress> all = new ArrayList<>();
        for (String address : new String[] {
            "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "8.8.8.8",
            "1.1.1.1", "198.18.0.1", "198.19.0.1", "93.184.216.16", "93.184.215.255", "240.0.0.1", "192.0.2.1",
            "2001:db8::1", "fd00:ec2::254", "64:ff9b::7f00:1", "2002:7f00:1::1", "::7f00:1", "2606:4700::1111",
                    "fc00::1",
        }) {
            all.add(new InetSocketAddress(address, 443));
        }
        for (int port : new int[] {1, 22, 53, 80, 442, 444, 3128, 4222, 8443, 65535}) {
            all.add(new InetSocketAddress("93.184.216.1", port));
        }
        return all;
    }

    @Test
    void the_table_is_as_long_as_promised() {
        assertThat(hosts().size()).isGreaterThanOrEqualTo(140);
        assertThat(hosts()).doesNotHaveDuplicates();
    }

    @Test
    void no_other_spelling_passes_the_http_proxy() throws IOException {
        for (String host : hosts()) {
            network.arm(GRANT);
            assertThat(connectByHttp(host + ":443")).as(host).doesNotContain("200");
            assertDeniedAndRecorded(host);
        }
    }

    @Test
    void no_other_spelling_passes_the_socks_proxy() throws IOException {
        for (String host : hosts()) {
            network.arm(GRANT);
            assertThat(connectBySocks(latin(host), 443)).as(host).isNotZero();
            assertDeniedAndRecorded(host);
        }
    }

    @Test
    void no_other_spelling_has_an_address() throws IOException {
        for (String host : hosts()) {
            network.arm(GRANT);
            byte[] name = latin(host.length() > 63 ? host.substring(0, 63) : host);
            ByteBuffer question = ByteBuffer.allocate(128)
                    .put(query("x", 1), 0, 12)
                    .put((byte) name.length)
                    .put(name)
                    .put((byte) 0)
                    .putShort((short) 1)
                    .putShort((short) 1);
            byte[] answer = ask(Arrays.copyOf(question.array(), question.position()));
            assertThat(answer[7])
                    .as("answers for one label of all these bytes: " + host)
                    .isZero();
            assertDeniedAndRecorded(host);
        }
    }

    @Test
    void no_other_destination_is_reached_by_a_plain_connect() {
        for (InetSocketAddress destination : rawDestinations()) {
            network.arm(GRANT);
            assertReset(destination);
            assertDeniedAndRecorded(destination.toString());
        }
    }

    @Test
    void what_the_grant_names_does_pass() throws IOException {
        network.arm(GRANT);
        zone.put("a.suffix.example", zone.get("good.example"));
        zone.put("a.b.suffix.example", zone.get("good.example"));
        for (String host : new String[] {
            "good.example",
            "GOOD.Example",
            "good.example.",
            "a.suffix.example",
            "a.b.suffix.example",
            "93.184.216.1",
            "[::ffff:93.184.216.1]",
        }) {
            assertThat(connectByHttp(host + ":443")).as(host).contains("200");
        }
        assertThat(network.disarm().violations()).isEmpty();
    }

    @Test
    void a_proxy_inside_the_box_does_not_help() throws Exception {
        network.arm(GRANT);
        try (var relay = namespace.inside(
                        () -> ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 8118)));
                SocketChannel inner = namespace.connect(new InetSocketAddress("127.0.0.1", 8118));
                SocketChannel accepted = relay.accept()) {
            assertThat(inner.isConnected()).isTrue();
            // The relay is a process of the job: all it can do is connect, and that is what is judged.
            assertReset(new InetSocketAddress("93.184.216.200", 443));
            assertThat(connectByHttp("evil.example:443")).contains("403");
            assertThat(accepted.isConnected()).isTrue();
        }
        NetEvidence evidence = network.disarm();
        assertThat(evidence.violations()).hasSize(2);
        assertThat(world.connections()).isZero();
    }

    @Test
    void a_connect_request_sent_through_a_permitted_host_is_refused() throws IOException {
        network.arm(TestGrant.names("good.example:7000"));
        try (SocketChannel channel = namespace.connect(new InetSocketAddress(addressOf("good.example"), 7000))) {
            channel.write(ByteBuffer.wrap(latin("CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n")));
            assertThat(firstLine(channel)).isEqualTo("(reset)");
        }
        assertThat(network.disarm().violations().getFirst().subject())
                .isEqualTo("http evil.example:443 via good.example:7000");
        assertThat(world.bytesHeard()).isZero();
    }

    private void assertDeniedAndRecorded(String what) {
        NetEvidence evidence = network.disarm();
        assertThat(evidence.violations()).as("recorded: " + what).isNotEmpty();
        assertThat(evidence.violations())
                .allSatisfy(violation -> assertThat(violation.rule()).isEqualTo("net.default"))
                .allSatisfy(violation ->
                        assertThat(violation.subject().toLowerCase(Locale.ROOT)).matches("[ -~]{1,300}"));
        assertThat(evidence.decisions()).as("nothing allowed: " + what).noneMatch(decision -> decision.allowed());
        assertThat(world.connections()).isZero();
    }
}
