package dev.mayfly.sandbox.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.sandbox.api.Violation;
import dev.mayfly.sandbox.net.wire.TlsBytes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is said inside a permitted connection must name the same host, and a name means the addresses it had first. */
class InnerNameTest extends OnARealKernel {
    private static final int PORT = 7000;

    private SocketChannel toGood() throws IOException {
        network.arm(TestGrant.names("good.example:7000"));
        return namespace.connect(new InetSocketAddress(addressOf("good.example"), PORT));
    }

    private static byte[] echoOf(SocketChannel channel, byte[] bytes) throws IOException {
        channel.write(ByteBuffer.wrap(bytes));
        return channel.socket().getInputStream().readNBytes(bytes.length);
    }

    private void assertRefused(SocketChannel channel, byte[] bytes, String subject) {
        assertThatThrownBy(() -> {
                    assertThat(echoOf(channel, bytes)).isEmpty();
                    throw new IOException("closed in order");
                })
                .isInstanceOf(IOException.class);
        assertThat(network.disarm().violations()).containsExactly(new Violation("net.default", subject, 1));
        assertThat(world.bytesHeard()).as("bytes that reached the server").isZero();
    }

    @Test
    void tls_to_the_approved_name_passes() throws IOException {
        byte[] hello = TlsBytes.hello("Good.Example");
        try (SocketChannel channel = toGood()) {
            assertThat(echoOf(channel, hello)).isEqualTo(hello);
        }
        assertThat(network.disarm().violations()).isEmpty();
    }

    @Test
    void tls_to_another_name_is_reset_before_a_byte_is_sent() throws IOException {
        try (SocketChannel channel = toGood()) {
            assertRefused(channel, TlsBytes.hello("evil.example"), "tls evil.example via good.example:7000");
        }
    }

    @Test
    void tls_without_a_name_is_reset() throws IOException {
        try (SocketChannel channel = toGood()) {
            assertRefused(channel, TlsBytes.hello(), "tls (no server name) via good.example:7000");
        }
    }

    @Test
    void tls_with_two_names_is_reset() throws IOException {
        try (SocketChannel channel = toGood()) {
            assertRefused(
                    channel, TlsBytes.hello("good.example", "evil.example"), "tls (malformed) via good.example:7000");
        }
    }

    @Test
    void a_connect_request_for_one_name_does_not_carry_tls_for_another() throws IOException {
        network.arm(TestGrant.names("good.example:7000", "other.example:7000"));
        try (SocketChannel channel = namespace.connect(new InetSocketAddress("127.0.0.1", 3128))) {
            assertThat(socksReply(channel, latin("good.example"), PORT)).isZero();
            assertRefused(channel, TlsBytes.hello("other.example"), "tls other.example via good.example:7000");
        }
    }

    @Test
    void an_address_rule_asks_for_no_name() throws IOException {
        InetSocketAddress address = new InetSocketAddress("93.184.216.34", PORT);
        network.arm(TestGrant.nothing().with(address));
        byte[] hello = TlsBytes.hello();
        try (SocketChannel channel = namespace.connect(address)) {
            assertThat(echoOf(channel, hello)).isEqualTo(hello);
        }
        assertThat(network.disarm().violations()).isEmpty();
    }

    @Test
    void plain_http_to_the_approved_name_passes() throws IOException {
        byte[] request = latin("GET / HTTP/1.1\r\nHost: good.example:7000\r\n\r\n");
        try (SocketChannel channel = toGood()) {
            assertThat(echoOf(channel, request)).isEqualTo(request);
            assertThat(echoOf(channel, request)).isEqualTo(request);
        }
        assertThat(network.disarm().violations()).isEmpty();
    }

    @Test
    void plain_http_to_another_host_is_reset_before_a_byte_is_sent() throws IOException {
        try (SocketChannel channel = toGood()) {
            assertRefused(
                    channel,
                    latin("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
                    "http evil.example via good.example:7000");
        }
    }

    @Test
    void a_second_request_to_another_host_is_reset_too() throws IOException {
        byte[] first = latin("GET / HTTP/1.1\r\nHost: good.example\r\n\r\n");
        try (SocketChannel channel = toGood()) {
            assertThat(echoOf(channel, first)).isEqualTo(first);
            assertThatThrownBy(() -> {
                        echoOf(channel, latin("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"));
                        throw new IOException("closed in order");
                    })
                    .isInstanceOf(IOException.class);
        }
        assertThat(network.disarm().violations())
                .containsExactly(new Violation("net.default", "http evil.example via good.example:7000", 1));
        assertThat(world.bytesHeard()).isEqualTo(first.length);
    }

    @Test
    void a_name_keeps_the_addresses_it_had_first() throws IOException {
        network.arm(TestGrant.names("good.example:7000"));
        addressOf("good.example");
        zone.put("good.example", List.of(InetAddress.getByName("127.0.0.1")));
        for (int i = 0; i < 3; i++) {
            assertThat(connectByHttp("good.example:7000")).contains("200");
        }
        assertThat(network.disarm().violations()).isEmpty();
        assertThat(lookups).containsEntry("good.example", 1);
        assertThat(dialled)
                .isNotEmpty()
                .allMatch(to -> to.getAddress().getHostAddress().equals("93.184.216.34"));
    }

    @Test
    void a_name_that_leads_to_a_forbidden_address_is_denied() throws IOException {
        for (String forbidden : new String[] {
            "127.0.0.1",
            "10.0.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.168.0.1",
            "172.31.255.255",
            "0.0.0.0",
            "224.0.0.1",
            "198.18.0.5",
            "255.255.255.255",
            "::1",
            "::",
            "fd00:ec2::254",
            "fe80::1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:0:1::",
            "::ffff:10.0.0.1",
            "::10.0.0.1",
            "ff02::1"
        }) {
            zone.put("good.example", List.of(InetAddress.getByName(forbidden)));
            network.arm(TestGrant.names("good.example:7000"));
            assertThat(connectByHttp("good.example:7000")).as(forbidden).contains("403");
            var evidence = network.disarm();
            assertThat(evidence.violations()).containsExactly(new Violation("net.default", "tcp good.example:7000", 1));
            assertThat(evidence.decisions().getFirst().reason()).startsWith("name resolves to a forbidden address");
        }
        assertThat(dialled).isEmpty();
    }

    @Test
    void one_forbidden_address_among_good_ones_forbids_the_name() throws IOException {
        zone.put("good.example", List.of(InetAddress.getByName("93.184.216.34"), InetAddress.getByName("127.0.0.1")));
        network.arm(TestGrant.names("good.example:7000"));
        assertThat(connectByHttp("good.example:7000")).contains("403");
        assertThat(network.disarm().violations()).hasSize(1);
        assertThat(dialled).isEmpty();
    }

    @Test
    void an_address_rule_beside_the_name_rule_permits_a_private_address() throws IOException {
        zone.put("good.example", List.of(InetAddress.getByName("10.0.0.1")));
        network.arm(TestGrant.names("good.example:7000").with(new InetSocketAddress("10.0.0.1", 7000)));
        assertThat(connectByHttp("good.example:7000")).contains("200");
        assertThat(network.disarm().violations()).isEmpty();
    }
}
