package dev.mayfly.sandbox.net.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ProxyRequestTest {
    /** A SOCKS5 CONNECT by name. */
    public static byte[] socks(String name, int port) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] host = name.getBytes(StandardCharsets.ISO_8859_1);
        out.writeBytes(new byte[] {5, 1, 0, 3, (byte) host.length});
        out.writeBytes(host);
        out.writeBytes(new byte[] {(byte) (port >> 8), (byte) port});
        return out.toByteArray();
    }

    private static ProxyRequest http(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return ProxyRequest.http(bytes, bytes.length);
    }

    private static ProxyRequest socks(byte[] bytes) {
        return ProxyRequest.socks(bytes, bytes.length);
    }

    @Test
    void both_languages_name_the_same_target() {
        HostPort target = new HostPort(new TargetHost.Name("good.example"), 443);
        assertThat(http("CONNECT Good.Example:443 HTTP/1.1\r\nHost: x\r\n\r\n"))
                .isInstanceOfSatisfying(
                        ProxyRequest.Connect.class,
                        connect -> assertThat(connect.target()).isEqualTo(target));
        assertThat(socks(socks("Good.Example", 443)))
                .isInstanceOfSatisfying(
                        ProxyRequest.Connect.class,
                        connect -> assertThat(connect.target()).isEqualTo(target));
    }

    @Test
    void what_follows_the_request_is_not_used_up() {
        byte[] request = socks("good.example", 443);
        byte[] more = java.util.Arrays.copyOf(request, request.length + 7);
        assertThat(((ProxyRequest.Connect) socks(more)).used()).isEqualTo(request.length);
    }

    @Test
    void a_nul_in_a_name_makes_the_host_malformed() {
        assertThat(((ProxyRequest.Connect) socks(socks("evil.example\0.good.example", 443)))
                        .target()
                        .host())
                .isInstanceOf(TargetHost.Malformed.class);
    }

    @Test
    void other_commands_and_versions_are_refused() {
        byte[] bind = socks("good.example", 443);
        bind[1] = 2;
        assertThat(socks(bind)).isInstanceOf(ProxyRequest.Malformed.class);
        byte[] udp = socks("good.example", 443);
        udp[1] = 3;
        assertThat(socks(udp)).isInstanceOf(ProxyRequest.Malformed.class);
        byte[] four = socks("good.example", 443);
        four[0] = 4;
        assertThat(socks(four)).isInstanceOf(ProxyRequest.Malformed.class);
        byte[] type = socks("good.example", 443);
        type[3] = 2;
        assertThat(socks(type)).isInstanceOf(ProxyRequest.Malformed.class);
        assertThat(socks(socks("good.example", 0))).isInstanceOf(ProxyRequest.Malformed.class);
        assertThat(http("GET http://good.example/ HTTP/1.1\r\n\r\n")).isInstanceOf(ProxyRequest.Malformed.class);
        assertThat(http("x".repeat(ProxyRequest.MAX_HEAD))).isInstanceOf(ProxyRequest.Malformed.class);
    }

    @Test
    void a_client_that_offers_no_anonymous_method_is_not_acceptable() {
        assertThat(ProxyRequest.socksGreeting(new byte[] {5, 1, 2}, 3).acceptable())
                .isFalse();
        assertThat(ProxyRequest.socksGreeting(new byte[] {5, 2, 2, 0}, 4))
                .isEqualTo(new ProxyRequest.Greeting(4, true));
        assertThat(ProxyRequest.socksGreeting(new byte[] {5, 2, 2}, 3).used()).isZero();
    }

    @Property(tries = 3000)
    void no_bytes_make_the_readers_fail(@ForAll @Size(max = 300) byte[] bytes) {
        assertThat(ProxyRequest.http(bytes, bytes.length)).isNotNull();
        assertThat(socks(bytes)).isNotNull();
        assertThat(ProxyRequest.socksGreeting(bytes, bytes.length)).isNotNull();
    }

    @Property(tries = 1000)
    void every_beginning_of_a_request_waits_for_the_rest(@ForAll @IntRange(max = 18) int length) {
        byte[] request = socks("good.example", 443);
        assertThat(ProxyRequest.socks(request, Math.min(length, request.length - 1)))
                .isEqualTo(new ProxyRequest.Incomplete());
    }
}
