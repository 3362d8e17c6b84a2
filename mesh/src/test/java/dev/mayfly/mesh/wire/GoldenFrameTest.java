package dev.mayfly.mesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenFrameTest {
    private static final IpAddress A4 = IpAddress.parse("10.0.0.1");
    private static final IpAddress B4 = IpAddress.parse("10.0.0.2");
    private static final IpAddress A6 = IpAddress.parse("fd00::1");
    private static final IpAddress B6 = IpAddress.parse("fd00::2");
    private static final String IP6 =
            "6000000000481140" + "fd000000000000000000000000000001" + "fd000000000000000000000000000002";
    private static final String TRANSPORT = "ffff00000011000000011111111100000012";

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    /** The payload is 00, 01, 02 and so on. */
    static Stream<Arguments> vectors() {
        String ip4 = "4500005c000040004011268f0a0000010a000002";
        String udp = "c00012b700480000";
        return Stream.of(
                Arguments.of(A4, B4, 40, ip4 + udp + "6400" + TRANSPORT, "b4a774ec"),
                Arguments.of(A4, B4, 37, ip4 + udp + "6430" + TRANSPORT, "0fd5b9d2"),
                Arguments.of(A6, B6, 40, IP6 + udp + "6400" + TRANSPORT, "8244a0a5"),
                Arguments.of(A6, B6, 37, IP6 + udp + "6430" + TRANSPORT, "39366d9b"));
    }

    private static byte[] packet(int payloadBytes, String headers, String icrc) {
        byte[] head = hex(headers);
        byte[] packet = Arrays.copyOf(head, head.length + 40 + 4);
        for (int i = 0; i < payloadBytes; i++) {
            packet[head.length + i] = (byte) i;
        }
        System.arraycopy(hex(icrc), 0, packet, head.length + 40, 4);
        return packet;
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void a_frame_is_written_bit_for_bit(IpAddress from, IpAddress to, int payloadBytes, String headers, String icrc) {
        byte[] expected = packet(payloadBytes, headers, icrc);
        byte[] payload = new byte[payloadBytes];
        for (int i = 0; i < payloadBytes; i++) {
            payload[i] = (byte) i;
        }
        Route route = new Route(from, to, 0xC000, Route.DEFAULT_PARTITION, 0x11, 0x12, 0x11111111);
        ByteBuffer out = ByteBuffer.allocate(300);
        FrameEncoder encoder = new FrameEncoder();
        int bytes = encoder.packet(route, 1, ByteBuffer.wrap(payload), 0, payloadBytes, out, 7);
        assertThat(Arrays.copyOfRange(out.array(), 7, 7 + bytes)).isEqualTo(expected);

        int before = from.family().headerBytes() + Roce.UDP_BYTES;
        bytes = encoder.frame(route, 1, ByteBuffer.wrap(payload), 0, payloadBytes, out, 0);
        assertThat(Arrays.copyOf(out.array(), bytes)).isEqualTo(Arrays.copyOfRange(expected, before, expected.length));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void a_frame_is_read_bit_for_bit(IpAddress from, IpAddress to, int payloadBytes, String headers, String icrc) {
        byte[] packet = packet(payloadBytes, headers, icrc);
        FrameDecoder decoder = new FrameDecoder();
        expectFields(decoder.packet(ByteBuffer.wrap(packet), 0, packet.length), payloadBytes);
        int before = from.family().headerBytes() + Roce.UDP_BYTES;
        expectFields(
                decoder.frame(from, to, 0xC000, ByteBuffer.wrap(packet), before, packet.length - before), payloadBytes);
    }

    private static void expectFields(Decoded decoded, int payloadBytes) {
        assertThat(decoded).isInstanceOf(Decoded.Intact.class);
        FrameView frame = ((Decoded.Intact) decoded).frame();
        assertThat(frame.partition()).isEqualTo(0xFFFF);
        assertThat(frame.targetQp()).isEqualTo(0x11);
        assertThat(frame.sourceQp()).isEqualTo(0x12);
        assertThat(frame.sequence()).isEqualTo(1);
        assertThat(frame.queueKey()).isEqualTo(0x11111111);
        assertThat(frame.solicited()).isFalse();
        assertThat(frame.migration()).isFalse();
        assertThat(frame.acknowledgeRequest()).isFalse();
        assertThat(frame.forwardCongestion()).isFalse();
        assertThat(frame.backwardCongestion()).isFalse();
        assertThat(frame.payloadBytes()).isEqualTo(payloadBytes);
        for (int i = 0; i < payloadBytes; i++) {
            assertThat(frame.buffer().get(frame.payloadAt() + i)).isEqualTo((byte) i);
        }
    }

    /** A congestion notification of a ConnectX-4 Lx, as it was on a wire. */
    private static final String CONGESTION = "45c2003c718c400040119161 0a001101 0a001201 000012b700280000"
            + "8100ffff4000011800000000" + "00000000000000000000000000000000";

    @Test
    void the_checksum_that_a_card_made_is_found_again() {
        byte[] before = hex(CONGESTION);
        ByteBuffer whole = ByteBuffer.allocate(before.length + 4).put(before);
        int found = new Icrc().ofPacket(IpAddress.Family.IPV4, whole, 0, before.length + 4 - 28);
        assertThat(HexFormat.of().toHexDigits(found)).isEqualTo("82fd002a");
        assertThat(SlowIcrc.of(before)).isEqualTo(hex("82fd002a"));
    }

    @Test
    void a_flow_label_folds_to_the_source_port_that_cards_use() {
        assertThat(new FlowLabel(0).sourcePort()).isEqualTo(0xC000);
        assertThat(new FlowLabel(0xFFFFF).sourcePort()).isEqualTo(0xFFC0);
        assertThat(new FlowLabel(0x12345).sourcePort()).isEqualTo(0xE341);
    }
}
