package dev.mayfly.mesh.soft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.endpoint.AnswerLimit;
import dev.mayfly.mesh.endpoint.Endpoint;
import dev.mayfly.mesh.endpoint.Peer;
import dev.mayfly.mesh.probe.AdaptiveTimeout;
import dev.mayfly.mesh.probe.ProbeTable;
import dev.mayfly.mesh.probe.Verdict;
import dev.mayfly.mesh.probe.Window;
import dev.mayfly.mesh.probe.Windows;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.SlowIcrc;
import dev.mayfly.platform.linux.Setns;
import dev.mayfly.testkit.Leaks;
import dev.mayfly.testkit.Needs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Endpoints at both ends of a real cable of the kernel, looked at from outside and with real faults. */
class CableTest {
    private static final List<Integer> PORTS = List.of(0xC101, 0xC102);
    private static final int KEY = 0x11111111;
    private static final int QP_A = 0x111;
    private static final int QP_B = 0x222;
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

    private static ProbeTable table(Windows windows) {
        return new ProbeTable(77, 1 << 14, AdaptiveTimeout.Bounds.USUAL, Duration.ofSeconds(10), windows);
    }

    private Transport open(int end, String address) {
        return Setns.inNetworkOf(pair.pid(end), () -> KernelTransport.open(IpAddress.parse(address), PORTS));
    }

    /** Probes from a to b, and what became of all of them as one window. */
    private Window probe(String addressA, String addressB, int probes) throws InterruptedException {
        List<Window> closed = new ArrayList<>();
        Windows windows = new Windows(Duration.ofDays(36_500), Duration.ofSeconds(10), closed::add);
        Windows nobody = new Windows(Duration.ofSeconds(1), Duration.ofSeconds(10), window -> {});
        Ticker ticker = Ticker.system();
        AtomicBoolean over = new AtomicBoolean();
        try (Transport a = open(0, addressA);
                Transport b = open(1, addressB)) {
            Endpoint prober =
                    new Endpoint(a, new Endpoint.Self(QP_A, KEY, PORTS, AnswerLimit.USUAL), table(windows), ticker);
            Endpoint responder =
                    new Endpoint(b, new Endpoint.Self(QP_B, KEY, PORTS, AnswerLimit.USUAL), table(nobody), ticker);
            Peer peerB = new Peer(b.address(), QP_B, KEY);
            prober.admit(peerB);
            responder.admit(new Peer(a.address(), QP_A, KEY));
            Thread answering = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    responder.turn(10 * MS);
                }
            });
            for (int i = 0; i < probes; i++) {
                prober.probe(0, prober.routeTo(peerB, PORTS.get(i % 2)));
                long next = ticker.nanos() + MS;
                while (ticker.nanos() < next) {
                    prober.turn(next - ticker.nanos());
                }
            }
            long end = ticker.nanos() + 700 * MS;
            while (ticker.nanos() < end) {
                prober.turn(10 * MS);
            }
            over.set(true);
            answering.join();
        }
        windows.closeAll();
        assertThat(closed).hasSize(1);
        return closed.getFirst();
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
                        List.of(4791L, 0x64L, (long) QP_B, (long) QP_A, (long) KEY, 0xFFFFL, 0L),
                        List.of(4791L, 0x64L, (long) QP_A, (long) QP_B, (long) KEY, 0xFFFFL, 0L));
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
