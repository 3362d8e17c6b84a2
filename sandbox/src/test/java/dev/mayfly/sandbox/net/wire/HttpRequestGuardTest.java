package dev.mayfly.sandbox.net.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRequestGuardTest {
    private static final String CONVERSATION =
            "POST /a HTTP/1.1\r\nHost: good.example\r\nContent-Length: 5\r\n\r\nhello"
                    + "PUT /b HTTP/1.1\r\nHost: good.example:80\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "5;x=y\r\nhello\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"
                    + "GET http://good.example/c HTTP/1.1\r\nHost: GOOD.example.\r\n\r\n"
                    + "OPTIONS * HTTP/1.0\r\nhost:good.example \r\n\r\n";

    private static byte[] pass(HttpRequestGuard guard, String text) throws HttpRequestGuard.Refused {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return guard.pass(bytes, 0, bytes.length);
    }

    private static HttpRequestGuard guard() {
        return new HttpRequestGuard("good.example", 80);
    }

    @Test
    void requests_to_the_approved_name_pass_unchanged() throws Exception {
        assertThat(new String(pass(guard(), CONVERSATION), StandardCharsets.ISO_8859_1))
                .isEqualTo(CONVERSATION);
    }

    @Property(tries = 300)
    void cuts_between_reads_do_not_matter(@ForAll @Size(max = 12) List<@IntRange(min = 1, max = 60) Integer> cuts)
            throws Exception {
        byte[] bytes = CONVERSATION.getBytes(StandardCharsets.ISO_8859_1);
        HttpRequestGuard guard = guard();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        for (int cut : cuts) {
            int length = Math.min(cut, bytes.length - at);
            out.writeBytes(guard.pass(bytes, at, length));
            at += length;
        }
        out.writeBytes(guard.pass(bytes, at, bytes.length - at));
        assertThat(out.toByteArray()).isEqualTo(bytes);
    }

    @Test
    void a_head_is_held_until_it_is_complete() throws Exception {
        HttpRequestGuard guard = guard();
        assertThat(pass(guard, "GET / HTTP/1.1\r\nHost: evil.exam")).isEmpty();
        assertThatThrownBy(() -> pass(guard, "ple\r\n\r\n"))
                .isInstanceOfSatisfying(
                        HttpRequestGuard.Refused.class,
                        refused -> assertThat(refused.subject()).isEqualTo("evil.example"));
    }

    /** A server that knows no transfer coding in HTTP/1.0 takes the chunk for the next request. */
    @Test
    void a_request_hidden_in_a_chunk_of_http_1_0_does_not_pass() {
        String hidden = "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n";
        String chunk = Integer.toHexString(hidden.length()) + "\r\n" + hidden + "\r\n0\r\n\r\n";
        String head = "\r\nHost: good.example\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n";
        assertThatThrownBy(() -> pass(guard(), "POST / HTTP/1.0" + head + chunk))
                .isInstanceOf(HttpRequestGuard.Refused.class)
                .hasMessageContaining("HTTP/1.0");
    }

    @Test
    void a_later_request_to_another_host_does_not_pass() {
        assertThatThrownBy(() -> pass(guard(), CONVERSATION + "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"))
                .isInstanceOf(HttpRequestGuard.Refused.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.0\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: good.example\r\nHost: evil.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: good.example\r\nHost: good.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: good.example, evil.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: good.example:443\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: good.example@evil.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: evil.example#good.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: xgood.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: good.example.evil.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost : good.example\r\n\r\n",
                "GET / HTTP/1.1\r\n Host: good.example\r\n\r\n",
                "GET / HTTP/1.1\r\nX: y\r\n Host: good.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: good.example\r\n folded: evil.example\r\n\r\n",
                "GET / HTTP/1.1\nHost: good.example\n\n",
                "GET / HTTP/1.1\r\nHost: good.example\r\nX: a\rHost: evil.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: good.example\r\nX: a\0b\r\n\r\n",
                "GET http://evil.example/ HTTP/1.1\r\nHost: good.example\r\n\r\n",
                "GET http://good.example@evil.example/ HTTP/1.1\r\nHost: good.example\r\n\r\n",
                "GET http://evil.example?good.example HTTP/1.1\r\nHost: good.example\r\n\r\n",
                "GET https://good.example/ HTTP/1.1\r\nHost: good.example\r\n\r\n",
                "GET //evil.example/ HTTP/2.0\r\nHost: good.example\r\n\r\n",
                "CONNECT evil.example:443 HTTP/1.1\r\nHost: good.example\r\n\r\n",
                "CONNECT good.example:80 HTTP/1.1\r\nHost: good.example\r\n\r\n",
                "GET evil.example HTTP/1.1\r\nHost: good.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: good.example\r\nUpgrade: h2c\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: good.example\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET  / HTTP/1.1\r\nHost: good.example\r\n\r\n",
                "GET / x HTTP/1.1\r\nHost: good.example\r\n\r\n",
                "GET /\tHTTP/1.1\r\nHost: good.example\r\n\r\n",
                "GET / http/1.1\r\nHost: good.example\r\n\r\n",
                "\r\nGET / HTTP/1.1\r\nHost: good.example\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: good.example\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: good.example\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: good.example\r\nContent-Length: +5\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: good.example\r\nContent-Length: 0x5\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: good.example\r\nContent-Length: 5, 5\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: good.example\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: good.example\r\nTransfer-Encoding: xchunked\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: good.example\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "POST / HTTP/1.1\r\nHost: good.example\r\nTransfer-Encoding: chunked\r\n\r\n1 \r\n",
                "POST / HTTP/1.1\r\nHost: good.example\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
                "POST / HTTP/1.1\r\nHost: good.example\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
                "POST / HTTP/1.1\r\nHost: good.example\r\nTransfer-Encoding: chunked\r\n\r\n1\n",
                "POST / HTTP/1.1\r\nHost: good.example\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n",
            })
    void what_is_not_plainly_for_the_approved_name_is_refused(String request) {
        assertThatThrownBy(() -> pass(guard(), request)).isInstanceOf(HttpRequestGuard.Refused.class);
    }

    @Test
    void an_endless_head_is_refused_within_a_bound() {
        HttpRequestGuard guard = guard();
        assertThatThrownBy(() -> {
                    pass(guard, "GET / HTTP/1.1\r\n");
                    for (int i = 0; i < 100_000; i++) {
                        pass(guard, "X-" + i + ": y\r\n");
                    }
                })
                .isInstanceOf(HttpRequestGuard.Refused.class);
    }

    @Property(tries = 2000)
    void no_bytes_make_the_guard_fail_in_another_way(@ForAll @Size(max = 300) byte[] bytes) {
        HttpRequestGuard guard = guard();
        try {
            pass(guard, CONVERSATION);
            assertThat(guard.pass(bytes, 0, bytes.length)).hasSizeLessThanOrEqualTo(bytes.length);
        } catch (HttpRequestGuard.Refused expected) {
            assertThat(expected.getMessage()).isNotBlank();
        }
    }
}
