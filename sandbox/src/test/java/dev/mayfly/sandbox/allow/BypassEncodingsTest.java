package dev.mayfly.sandbox.allow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Spellings by which allowlists of other programs were walked around. The list permits one name, one suffix and one
 * public block; nothing here may get through it, in whatever position of a CONNECT line or SOCKS request it stands.
 */
class BypassEncodingsTest {
    private static final NetAllowlist LIST =
            NetAllowlist.of(Stream.of("example.org:443", "*.example.net", "203.0.113.0/24:443", "[2001:db8:1::/48]:443")
                    .map(NetRule::parse)
                    .toList());

    private static boolean passes(String host, int port) {
        return CanonicalHost.tryParse(host)
                .map(parsed -> switch (parsed) {
                    case CanonicalHost.Name(String name) -> LIST.permitsName(name, port) || LIST.permitsLookup(name);
                    case CanonicalHost.Address(var address) -> LIST.permitsAddress(address, port);
                })
                .orElse(false);
    }

    static List<String> encodings() {
        List<String> all = new ArrayList<>(List.of(
                // metadata services, loopback and private hosts, in every notation
                "169.254.169.254",
                "2852039166",
                "0xa9fea9fe",
                "0xA9FEA9FE",
                "0251.0376.0251.0376",
                "0xa9.0xfe.0xa9.0xfe",
                "169.254.43518",
                "169.16689662",
                "0251.0xfe.43518",
                "169.254.169.254.",
                "169.254.169.0254",
                "::ffff:169.254.169.254",
                "[::ffff:169.254.169.254]",
                "::ffff:a9fe:a9fe",
                "::169.254.169.254",
                "64:ff9b::169.254.169.254",
                "64:ff9b::a9fe:a9fe",
                "2002:a9fe:a9fe::",
                "2002:a9fe:a9fe::1",
                "fd00:ec2::254",
                "[fd00:ec2::254]",
                "100.100.100.200",
                "metadata.google.internal",
                "metadata",
                "instance-data",
                "127.0.0.1",
                "127.1",
                "127.0.1",
                "0177.0.0.1",
                "0x7f.1",
                "0x7f000001",
                "017700000001",
                "2130706433",
                "127.255.255.254",
                "127.0.0.1.",
                "0",
                "0.0.0.0",
                "0x0",
                "00",
                "localhost",
                "LOCALHOST",
                "localhost.",
                "localhost.localdomain",
                "ip6-localhost",
                "::1",
                "[::1]",
                "0:0:0:0:0:0:0:1",
                "::",
                "[::]",
                "::ffff:127.0.0.1",
                "::ffff:7f00:1",
                "0:0:0:0:0:ffff:7f00:0001",
                "::127.0.0.1",
                "[::1%lo]",
                "fe80::1%eth0",
                "fe80::1",
                "10.0.0.1",
                "012.0.0.1",
                "0xa.0.0.1",
                "167772161",
                "172.16.0.1",
                "192.168.0.1",
                "3232235521",
                "100.64.0.1",
                "198.18.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "fc00::1",
                "ff02::1",
                // names that look as if they were allowed
                "evilexample.net",
                "example.net",
                "evil-example.net",
                "example.net.evil.com",
                "a.example.net.evil.com",
                "example.org.evil.com",
                "xexample.org",
                "example.orgx",
                "example.org-evil.com",
                "sub.example.org",
                "www.example.org",
                ".example.net",
                "..example.net",
                "a..example.net",
                "*.example.net",
                "example.org..",
                // what URL parsers disagree about
                "evil.com?.example.net",
                "evil.com#.example.net",
                "evil.com/.example.net",
                "evil.com\\.example.net",
                "evil.com@example.org",
                "example.org@evil.com",
                "user:pass@example.org",
                "example.org:443@evil.com",
                "example.org:443",
                "example.org:80",
                "http://example.org",
                "//example.org",
                "example.org/",
                "example.org ",
                " example.org",
                "example.org\t",
                "example.org\n",
                "example.org\r\nHost: evil.com",
                "evil.com;.example.net",
                "evil.com&.example.net",
                "evil.com,.example.net",
                "evil.com|a.example.net",
                // bytes that end a string for some and not for others
                "evil.com\0.example.net",
                "evil.com%00.example.net",
                "example.org\0",
                "example.org%00",
                "example.org\0.evil.com",
                "evil.com%2f.example.net",
                "evil.com%23.example.net",
                "evil.com%5c.example.net",
                "example%2eorg",
                "ex%61mple.org",
                "evil.com\u0001.example.net",
                "evil.com\u007f.example.net",
                // letters that fold into others
                "example\u3002org",
                "example\uff0eorg",
                "example\uff61org",
                "ｅｘａｍｐｌｅ.org",
                "exampl\u0435.org",
                "ex\u0430mple.org",
                "example.\u043erg",
                "e\u0301xample.org",
                "exam\u200bple.org",
                "exam\u200dple.org",
                "exam\u00adple.org",
                "exam\ufeffple.org",
                "example.org\u200b",
                "ⓔⓧⓐⓜⓟⓛⓔ.org",
                "a.ex\u0430mple.net",
                "a.exam\u200bple.net",
                "a\u3002example.net",
                "①②⑦.⓪.⓪.①",
                "１２７.０.０.１",
                "127。0。0。1",
                "١٢٧.0.0.1",
                // the neighbours of the permitted blocks
                "203.0.112.255",
                "203.0.114.0",
                "::ffff:203.0.114.1",
                "::203.0.113.1",
                "64:ff9b::203.0.113.1",
                "2002:cb00:7101::",
                "203.0.113",
                "203.0.28929",
                "3405803777",
                "0313.0.0161.1",
                "203.0.113.01",
                "203.0.0x71.1",
                "2001:db8:2::1",
                "2001:db8:0:ffff::1",
                "2001:db8:1::1%eth0",
                "[2001:db8:1::1]evil",
                "2001:db8:1::1::"));
        return all;
    }

    @ParameterizedTest
    @MethodSource("encodings")
    void does_not_pass(String host) {
        assertThat(passes(host, 443)).isFalse();
    }

    @Test
    void the_table_is_long_and_without_repetition() {
        assertThat(encodings()).hasSizeGreaterThanOrEqualTo(150).doesNotHaveDuplicates();
    }

    /** Else the table above would also pass against a list that denies everything. */
    @ParameterizedTest
    @MethodSource("permitted")
    void passes_when_permitted(String host) {
        assertThat(passes(host, 443)).isTrue();
    }

    static List<String> permitted() {
        return List.of(
                "example.org",
                "EXAMPLE.ORG",
                "example.org.",
                "a.example.net",
                "A.B.Example.Net",
                "203.0.113.9",
                "::ffff:203.0.113.9",
                "[::ffff:cb00:7109]",
                "2001:db8:1::1",
                "[2001:DB8:1:0:0:0:0:1]");
    }
}
