package dev.mayfly.sandbox.net.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirstBytesTest {
    private static FirstBytes of(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return FirstBytes.of(bytes, bytes.length);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    GET / HTTP/1.1\\r\\n,            HTTP
                    GET / HTTP/1.1\\n,               HTTP
                    PROPFIND /x HTTP/1.1\\r\\n,      HTTP
                    FROB / http/1.1\\r\\n,           HTTP
                    GET\\t/\\tHTTP/1.1\\r\\n,        HTTP
                    \\r\\n\\r\\nGET / HTTP/1.1\\r\\n, HTTP
                    PRI * HTTP/2.0\\r\\n,            HTTP
                    GET / HT,                        UNDECIDED
                    GE,                              UNDECIDED
                    \\r\\n,                          UNDECIDED
                    SSH-2.0-OpenSSH_9.2\\r\\n,       OPAQUE
                    EHLO me\\r\\n,                   OPAQUE
                    *1\\r\\n$4\\r\\nPING\\r\\n,      OPAQUE
                    0032git-upload-pack /p\\0host=x, OPAQUE
                    \\0\\0\\0\\10,                   OPAQUE
                    """)
    void a_first_line_that_some_server_might_take_for_http_is_http(String bytes, FirstBytes expected) {
        String text = bytes.replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\0", "\0");
        assertThat(of(text)).isEqualTo(expected);
    }

    @Test
    void a_tls_record_is_tls() {
        byte[] hello = TlsBytes.hello("x.example");
        assertThat(FirstBytes.of(hello, 1)).isEqualTo(FirstBytes.TLS);
    }

    @Test
    void an_endless_line_is_left_to_the_guard() {
        assertThat(of("GET /" + "a".repeat(FirstBytes.MAX_LINE))).isEqualTo(FirstBytes.HTTP);
        assertThat(of("\r\n".repeat(FirstBytes.MAX_LINE))).isEqualTo(FirstBytes.HTTP);
    }

    @Test
    void when_nothing_more_comes_an_unfinished_line_is_judged_as_it_is() {
        byte[] http = "GET / HTTP/1.1".getBytes(StandardCharsets.US_ASCII);
        byte[] text = "just text".getBytes(StandardCharsets.US_ASCII);
        assertThat(FirstBytes.ofWhole(http, http.length)).isEqualTo(FirstBytes.HTTP);
        assertThat(FirstBytes.ofWhole(text, text.length)).isEqualTo(FirstBytes.OPAQUE);
        assertThat(FirstBytes.ofWhole(new byte[0], 0)).isEqualTo(FirstBytes.OPAQUE);
    }

    @Property(tries = 2000)
    void a_verdict_never_changes_when_more_bytes_come(@ForAll @Size(min = 1, max = 100) byte[] bytes) {
        FirstBytes decided = FirstBytes.UNDECIDED;
        for (int length = 1; length <= bytes.length; length++) {
            FirstBytes now = FirstBytes.of(bytes, length);
            assertThat(decided == FirstBytes.UNDECIDED || decided == now).isTrue();
            decided = now;
        }
    }
}
