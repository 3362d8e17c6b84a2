package dev.mayfly.mesh.soft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.probe.Window;
import dev.mayfly.mesh.wire.SlowIcrc;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints at both ends of a real cable of the kernel, looked at from outside and with real faults. */
class CableTest {
    private static final long MS = 1_000_000;

    private Leaks leaks;
    private VethPair pair;

    @TempDir
    Path temp;

    @BeforeEach
    void makeCable() throws IOException {
        leaks = Leaks.snapshot("mayfly-cable");
        pair = VethPair.make();
    }

    @AfterEach
    void takeCableAway() {
        if (pair != null) {
            pair.close();
            leaks.assertUnchanged();
        }
    }

    private Window probe(String addressA, String addressB, int probes) throws InterruptedException {
        return new CableRun(pair).probe(addressA, addressB, probes);
    }

    @Test
    void over_a_sound_cable_every_probe_is_answered_and_the_network_is_told_from_the_hosts() throws Exception {
        for (Window window : List.of(probe(VethPair.A4, VethPair.B4, 300), probe(VethPair.A6, VethPair.B6, 300))) {
            assertThat(window.count(Verdict.LOST)).isZero();
            assertThat(window.count(Verdict.CORRUPT)).isZero();
            assertThat(window.count(Verdict.SEND_ERROR)).isZero();
            assertThat(window.count(Verdict.OK) + window.count(Verdict.LATE)).isGreaterThan(290);
            // A cable of the kernel takes a microsecond; hosts take tens of them, and milliseconds when they are busy.
            assertThat(window.network().quantile(0.5))
                    .isLessThan(window.responder().quantile(0.5));
            assertThat(window.network().quantile(0.5)).isLessThan(50_000);
        }
    }

    @Test
    void what_a_cable_loses_is_lost_and_a_cable_that_loses_everything_answers_nothing() throws Exception {
        Needs.command("nft");
        pair.in(
                1,
                "nft",
                "add table netdev mayfly; add chain netdev mayfly in"
                        + " { type filter hook ingress device mesh0 priority 0; };"
                        + " add rule netdev mayfly in udp dport 4791 numgen inc mod 4 0 drop");
        Window lossy = probe(VethPair.A4, VethPair.B4, 400);
        assertThat(lossy.count(Verdict.LOST)).isBetween(95L, 105L);
        assertThat(lossy.count(Verdict.CORRUPT) + lossy.count(Verdict.INVALID)).isZero();

        pair.in(1, "nft", "add rule netdev mayfly in drop");
        Window dead = probe(VethPair.A4, VethPair.B4, 100);
        assertThat(dead.count(Verdict.LOST)).isEqualTo(100);
    }

    @Test
    void what_a_cable_changes_is_corrupt() throws Exception {
        Needs.command("nft");
        // Bit 320 of UDP is byte 40: within T3 of an answer. Only what goes back is changed.
        pair.in(
                0,
                "nft",
                "add table netdev mayfly; add chain netdev mayfly in"
                        + " { type filter hook ingress device mesh0 priority 0; };"
                        + " add rule netdev mayfly in udp dport 4791 @th,320,8 set 0x5a");
        Window window = probe(VethPair.A4, VethPair.B4, 100);
        assertThat(window.count(Verdict.CORRUPT)).isEqualTo(100);
    }

    @Test
    void what_is_on_the_cable_is_read_by_wireshark_and_its_checksums_hold() throws Exception {
        Needs.command("tshark");
        Path capture = temp.resolve("cable.pcap");
        Process tshark = pair.start(
                1, "tshark", "-i", "mesh0", "-f", "udp port 4791", "-F", "pcap", "-w", capture.toString(), "-c", "24");
        try {
            String said = "";
            while (!said.contains("Capturing on")) {
                said += (char) tshark.getInputStream().read();
            }
            long deadline = System.nanoTime() + 20_000 * MS;
            while (tshark.isAlive() && System.nanoTime() < deadline) {
                probe(VethPair.A4, VethPair.B4, 4);
                probe(VethPair.A6, VethPair.B6, 4);
            }
            assertThat(tshark.waitFor(10, TimeUnit.SECONDS)).isTrue();
        } finally {
            tshark.destroyForcibly();
            tshark.waitFor();
        }
        String fields = pair.in(
                0,
                "tshark",
                "-r",
                capture.toString(),
                "-T",
                "fields",
                "-e",
                "udp.dstport",
                "-e",
                "infiniband.bth.opcode",
                "-e",
                "infiniband.bth.destqp",
                "-e",
                "infiniband.deth.srcqp",
                "-e",
                "infiniband.deth.q_key",
                "-e",
                "infiniband.bth.p_key",
                "-e",
                "infiniband.bth.padcnt");
        List<String> lines =
                fields.lines().filter(line -> line.startsWith("4791")).toList();
        assertThat(lines).as(fields).hasSize(24);
        List<List<Long>> numbers = lines.stream()
                .map(line -> Arrays.stream(line.split("\t")).map(Long::decode).toList())
                .toList();
        assertThat(numbers)
                .containsOnly(
                        List.of(
                                4791L,
                                0x64L,
                                (long) CableRun.QP_B,
                                (long) CableRun.QP_A,
                                (long) CableRun.KEY,
                                0xFFFFL,
                                0L),
                        List.of(
                                4791L,
                                0x64L,
                                (long) CableRun.QP_A,
                                (long) CableRun.QP_B,
                                (long) CableRun.KEY,
                                0xFFFFL,
                                0L));
        checksumsHold(Files.readAllBytes(capture));
    }

    /** Of each packet in a pcap file, by the slow way and with the identification that it really had. */
    private static void checksumsHold(byte[] file) {
        ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        in.position(24);
        int seen = 0;
        while (in.hasRemaining()) {
            in.position(in.position() + 8);
            int bytes = in.getInt();
            in.position(in.position() + 4);
            byte[] packet = new byte[bytes];
            in.get(packet);
            int end = bytes - 4;
            assertThat(SlowIcrc.of(Arrays.copyOfRange(packet, 14, end)))
                    .as("packet %d", seen)
                    .isEqualTo(Arrays.copyOfRange(packet, end, bytes));
            seen++;
        }
        assertThat(seen).isEqualTo(24);
    }
}
