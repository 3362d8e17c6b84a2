package dev.mayfly.sandbox.net.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class ClientHelloTest {
    private static ClientHello parse(byte[] bytes) {
        return ClientHello.parse(bytes, bytes.length);
    }

    private static ClientHello named(String name) {
        return new ClientHello.Hello(Optional.of(new TargetHost.Name(name)));
    }

    @Test
    void the_hello_of_a_real_client_is_read() throws Exception {
        SSLEngine engine = engine();
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("real.example")));
        engine.setSSLParameters(parameters);
        assertThat(parse(firstFlight(engine))).isEqualTo(named("real.example"));
        assertThat(parse(firstFlight(engine()))).isEqualTo(new ClientHello.Hello(Optional.empty()));
    }

    private static SSLEngine engine() throws NoSuchAlgorithmException {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        return engine;
    }

    private static byte[] firstFlight(SSLEngine engine) throws Exception {
        ByteBuffer out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), out);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    @Property(tries = 300)
    void a_hello_in_any_number_of_records_says_the_same(@ForAll @IntRange(min = 1, max = 300) int size) {
        assertThat(parse(TlsBytes.fragmented(TlsBytes.hello("good.example"), size)))
                .isEqualTo(named("good.example"));
    }

    @Property(tries = 300)
    void every_beginning_of_a_hello_waits_for_the_rest(@ForAll @IntRange(max = 115) int length) {
        byte[] hello = TlsBytes.hello("good.example");
        assertThat(ClientHello.parse(hello, Math.min(length, hello.length - 1)))
                .isEqualTo(new ClientHello.Incomplete());
    }

    @Test
    void the_name_is_canonical_or_malformed() {
        assertThat(parse(TlsBytes.hello("GOOD.Example."))).isEqualTo(named("good.example"));
        for (String odd :
                new String[] {"", "good.example\0.evil.example", "good example", "\u00fc.example", "a..b", "0x7f.1"}) {
            assertThat(parse(TlsBytes.hello(odd)))
                    .as(odd)
                    .satisfies(hello -> assertThat(
                                    ((ClientHello.Hello) hello).serverName().orElseThrow())
                            .isInstanceOf(TargetHost.Malformed.class));
        }
    }

    @Test
    void two_names_are_one_too_many() {
        assertThat(parse(TlsBytes.hello("good.example", "evil.example"))).isInstanceOf(ClientHello.Malformed.class);
    }

    @Test
    void what_only_begins_like_tls_is_malformed() {
        byte[] hello = TlsBytes.hello("good.example");
        byte[] server = hello.clone();
        server[5] = 2;
        assertThat(parse(server)).isInstanceOf(ClientHello.Malformed.class);
        byte[] version = hello.clone();
        version[1] = 2;
        assertThat(parse(version)).isInstanceOf(ClientHello.Malformed.class);
        byte[] huge = hello.clone();
        huge[6] = 2;
        assertThat(parse(huge)).isInstanceOf(ClientHello.Malformed.class);
        assertThat(parse(new byte[] {22, 3, 1, 0, 0})).isInstanceOf(ClientHello.Malformed.class);
    }

    @Property(tries = 3000)
    void no_bytes_make_the_reader_fail(@ForAll @Size(max = 400) byte[] bytes) {
        assertThat(parse(bytes)).isNotNull();
    }

    @Property(tries = 3000)
    void no_change_of_a_good_hello_makes_the_reader_fail(
            @ForAll @IntRange(max = 200) int at, @ForAll byte value, @ForAll @IntRange(max = 200) int at2) {
        byte[] hello = TlsBytes.hello("good.example");
        hello[at % hello.length] = value;
        hello[at2 % hello.length] ^= 0x55;
        assertThat(parse(hello)).isNotNull();
    }
}
