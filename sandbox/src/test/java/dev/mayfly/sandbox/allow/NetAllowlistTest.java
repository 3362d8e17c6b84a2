package dev.mayfly.sandbox.allow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.sandbox.box.NetCaps;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class NetAllowlistTest {
    private static NetAllowlist list(String... rules) {
        return NetAllowlist.of(Stream.of(rules).map(NetRule::parse).toList());
    }

    private static InetAddress ip(String text) {
        return text.indexOf(':') >= 0 ? IpText.parseV6(text) : IpText.parseV4(text);
    }

    @Test
    void an_empty_list_denies_all() {
        assertThat(list().deniesAll()).isTrue();
        assertThat(list().permitsName("example.org", 443)).isFalse();
        assertThat(list().permitsAddress(ip("127.0.0.1"), 1)).isFalse();
        assertThat(list().permitsLookup("example.org")).isFalse();
    }

    @Test
    void a_suffix_matches_at_a_label_boundary_only() {
        NetAllowlist list = list("*.example.org:443");
        assertThat(list.permitsName("a.example.org", 443)).isTrue();
        assertThat(list.permitsName("a.b.example.org", 443)).isTrue();
        assertThat(list.permitsName("example.org", 443)).isFalse();
        assertThat(list.permitsName("evilexample.org", 443)).isFalse();
        assertThat(list.permitsName("a.example.org.evil.net", 443)).isFalse();
        assertThat(list.permitsName("a.example.org", 444)).isFalse();
        assertThat(list.permitsLookup("a.example.org")).isTrue();
        assertThat(list.permitsLookup("evilexample.org")).isFalse();
    }

    @Test
    void names_and_addresses_do_not_stand_for_each_other() {
        assertThat(list("0.0.0.0/0", "::/0").permitsName("example.org", 443)).isFalse();
        assertThat(list("example.org").permitsAddress(ip("192.0.2.7"), 443)).isFalse();
        assertThat(list("0.0.0.0/0").permitsAddress(ip("2001:db8::1"), 443)).isFalse();
        assertThat(list("::/0").permitsAddress(ip("192.0.2.7"), 443)).isFalse();
    }

    @Test
    void a_mapped_address_is_its_ipv4_address() throws Exception {
        byte[] mapped = new byte[16];
        mapped[10] = -1;
        mapped[11] = -1;
        mapped[12] = 10;
        mapped[15] = 1;
        assertThat(list("10.0.0.0/8").permitsAddress(java.net.Inet6Address.getByAddress("x", mapped, 0), 22))
                .isTrue();
        assertThat(list("::/0").permitsAddress(java.net.Inet6Address.getByAddress("x", mapped, 0), 22))
                .isFalse();
    }

    @Test
    void a_wide_block_does_not_mean_private_loopback_or_metadata_addresses() {
        NetAllowlist everything = list("0.0.0.0/0", "::/0");
        assertThat(everything.permitsAddress(ip("93.184.216.34"), 443)).isTrue();
        assertThat(everything.permitsAddress(ip("2606:2800::1"), 443)).isTrue();
        for (String special : new String[] {
            "10.0.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "100.100.100.200",
            "192.168.1.1",
            "172.16.0.1",
            "::1",
            "fd00::1",
            "fe80::1",
            "2002:a00:1::",
            "64:ff9b::a00:1"
        }) {
            assertThat(everything.permitsAddress(ip(special), 80)).as(special).isFalse();
            assertThat(list(special.contains(":") ? "[" + special + "]" : special)
                            .permitsAddress(ip(special), 80))
                    .as(special)
                    .isTrue();
        }
        assertThat(list("10.0.0.0/8").permitsAddress(ip("10.1.2.3"), 80)).isTrue();
        assertThat(list("8.0.0.0/6").permitsAddress(ip("10.1.2.3"), 80)).isFalse();
    }

    @Test
    void a_request_cannot_narrow_a_wide_block_to_a_special_range() {
        NetAllowlist policy = list("0.0.0.0/0", "::/0", "8.0.0.0/6");
        NetAllowlist asked = list("127.0.0.1:5432", "10.0.0.0/8", "169.254.169.254:80", "[::1]:80", "9.9.9.9:53");
        assertThat(policy.intersect(asked).rules()).isEqualTo(list("9.9.9.9:53").rules());
        assertThat(policy.intersect(asked).loopbackPorts()).isEmpty();
        assertThat(policy.notGiven(asked.rules())).hasSize(4);
    }

    @Test
    void an_address_is_named_only_when_both_sides_write_just_that_one() {
        NetAllowlist wide = list("0.0.0.0/0", "::/0", "93.184.216.34/31");
        NetAllowlist narrow = list("93.184.216.34:22", "[2606:2800::1]");
        InetAddress four = ip("93.184.216.34");
        assertThat(narrow.namesAddress(four, 22)).isTrue();
        assertThat(narrow.namesAddress(four, 23)).isFalse();
        assertThat(narrow.namesAddress(ip("2606:2800::1"), 443)).isTrue();
        assertThat(list("93.184.216.34/32").namesAddress(four, 22)).isTrue();
        assertThat(wide.namesAddress(four, 22)).isFalse();
        for (NetAllowlist both : List.of(wide.intersect(narrow), narrow.intersect(wide))) {
            assertThat(both.permitsAddress(four, 22)).isTrue();
            assertThat(both.namesAddress(four, 22)).as("narrowed, not meant").isFalse();
            assertThat(both.intersect(narrow).namesAddress(four, 22)).isFalse();
        }
        assertThat(list("0.0.0.0/0", "93.184.216.34:1-30").intersect(narrow).namesAddress(four, 22))
                .isTrue();
    }

    @Test
    void loopback_ports_come_from_rules_that_name_loopback() {
        assertThat(list("0.0.0.0/0", "::/0", "example.org").loopbackPorts()).isEmpty();
        assertThat(list("127.0.0.1:8080-8082", "[::1]:9", "127.0.0.0/8:7").loopbackPorts())
                .containsExactlyInAnyOrder(7, 9, 8080, 8081, 8082);
        assertThat(list("127.0.0.1").loopbackPorts()).hasSize(65_535);
        assertThat(list("126.0.0.0/7:80").loopbackPorts()).isEmpty();
    }

    @Test
    void says_what_was_asked_for_and_not_given() {
        NetAllowlist policy =
                list("example.org:443", "example.org:80-100", "example.org:101", "*.a.org", "10.0.0.0/8:22");
        assertThat(policy.notGiven(
                        Stream.of("example.org:443", "example.org:80-101", "x.a.org", "*.b.a.org", "10.1.0.0/16:22")
                                .map(NetRule::parse)
                                .toList()))
                .isEmpty();
        List<NetRule> tooMuch = Stream.of(
                        "example.org", "example.org:80-102", "a.org", "*.org", "10.0.0.0/8", "11.0.0.1:22")
                .map(NetRule::parse)
                .toList();
        assertThat(policy.notGiven(tooMuch)).isEqualTo(tooMuch);
    }

    @Test
    void the_intersection_keeps_the_caps_of_the_policy() {
        NetCaps caps = new NetCaps(1, 1, 1, 1, Duration.ofSeconds(1));
        NetAllowlist policy = new NetAllowlist(List.of(NetRule.parse("*.org")), caps);
        assertThat(policy.intersect(list("a.org")).caps()).isEqualTo(caps);
    }

    @Property(tries = 3_000)
    void the_intersection_permits_exactly_what_both_permit(
            @ForAll("rules") List<NetRule> mine,
            @ForAll("rules") List<NetRule> theirs,
            @ForAll("names") String name,
            @ForAll("addresses") InetAddress address,
            @ForAll("port") int port) {
        NetAllowlist a = NetAllowlist.of(mine);
        NetAllowlist b = NetAllowlist.of(theirs);
        NetAllowlist both = a.intersect(b);
        assertThat(both.permitsName(name, port)).isEqualTo(a.permitsName(name, port) && b.permitsName(name, port));
        assertThat(both.permitsAddress(address, port))
                .isEqualTo(a.permitsAddress(address, port) && b.permitsAddress(address, port));
        if (both.permitsName(name, port)) {
            assertThat(both.permitsLookup(name)).isTrue();
        }
        assertThat(b.intersect(a).permitsName(name, port)).isEqualTo(both.permitsName(name, port));
        assertThat(a.notGiven(both.rules())).isEmpty();
    }

    @Property(tries = 3_000)
    void a_suffix_never_matches_without_its_dot(@ForAll("names") String suffix, @ForAll("names") String glued) {
        NetAllowlist list = NetAllowlist.of(List.of(new NetRule.Suffix(suffix, PortRange.ANY)));
        String name = glued + suffix;
        boolean byDot = name.endsWith("." + suffix);
        assertThat(list.permitsName(name, 443)).isEqualTo(byDot);
    }

    @Provide
    Arbitrary<List<NetRule>> rules() {
        return NetRules.rules().list().ofMaxSize(6);
    }

    @Provide
    Arbitrary<String> names() {
        return NetRules.names();
    }

    @Provide
    Arbitrary<InetAddress> addresses() {
        return NetRules.addresses();
    }

    @Provide
    Arbitrary<Integer> port() {
        return NetRules.port();
    }
}
