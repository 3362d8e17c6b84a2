package dev.mayfly.mesh.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.mesh.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class ConnectionTupleTest {
    private static final ConnectionTuple TUPLE = new ConnectionTuple(
            0x0102030405060708L,
            Gid.of(IpAddress.parse("10.0.0.1")),
            Gid.of(IpAddress.parse("fd00::2")),
            0x11,
            0x22,
            0x33,
            0x44,
            2,
            ConnectionTuple.CHANGED,
            1,
            "trainer");

    @Test
    void has_the_eighty_bytes_of_the_open_source_agent() {
        ByteBuffer bytes = ByteBuffer.allocate(ConnectionTuple.BYTES + 7);
        TUPLE.write(bytes, 7);
        String hex = HexFormat.of().formatHex(bytes.array(), 7, 87);
        assertThat(hex)
                .isEqualTo("0807060504030201"
                        + "00000000000000000000ffff0a000001"
                        + "fd000000000000000000000000000002"
                        + "11000000"
                        + "22000000"
                        + "33000000"
                        + "44000000"
                        + "02000000"
                        + "02"
                        + "01"
                        + "0000"
                        + "747261696e6572000000000000000000");
        assertThat(ConnectionTuple.read(bytes, 7)).isEqualTo(TUPLE);
    }

    @Test
    void a_command_of_any_bytes_is_text_of_one_line() {
        ByteBuffer bytes = ByteBuffer.allocate(ConnectionTuple.BYTES);
        for (int i = 0; i < ConnectionTuple.COMMAND_BYTES; i++) {
            bytes.put(ConnectionTuple.COMMAND + i, (byte) (i < 8 ? 27 : 0xFF));
        }
        assertThat(ConnectionTuple.read(bytes, 0).command())
                .hasSize(16)
                .startsWith("????????")
                .doesNotContain("\u001b");
    }

    @Test
    void a_mapped_address_is_one_of_version_4() {
        assertThat(Gid.of(IpAddress.parse("10.0.0.1")).address()).isEqualTo(IpAddress.parse("10.0.0.1"));
        assertThat(Gid.of(IpAddress.parse("fd00::2")).address()).isEqualTo(IpAddress.parse("fd00::2"));
    }
}
