package dev.mayfly.mesh.probe;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WindowsTest {
    private static final long SECOND = 1_000_000_000;

    private final List<Window> closed = new ArrayList<>();
    private final Windows windows = new Windows(Duration.ofSeconds(1), Duration.ofSeconds(10), closed::add);

    private static ProbeOutcome outcome(int target, long started, Verdict verdict) {
        boolean timed = verdict == Verdict.OK || verdict == Verdict.LATE;
        return new ProbeOutcome(
                new ProbeNumber(started),
                target,
                started,
                verdict,
                timed ? Optional.of(new Timing(1000, 2000, 3000)) : Optional.empty());
    }

    @Test
    void a_probe_counts_where_it_began_and_not_where_its_verdict_fell() {
        windows.settled(outcome(1, SECOND - 1, Verdict.LOST));
        windows.settled(outcome(1, SECOND, Verdict.OK));
        windows.revised(outcome(1, SECOND - 1, Verdict.LOST), outcome(1, SECOND - 1, Verdict.LATE));
        windows.close(11 * SECOND);
        assertThat(closed).isEmpty();
        windows.close(11 * SECOND + 1);
        assertThat(closed).hasSize(1);
        Window first = closed.getFirst();
        assertThat(first.startNanos()).isZero();
        assertThat(first.probes()).isEqualTo(1);
        assertThat(first.count(Verdict.LATE)).isEqualTo(1);
        assertThat(first.count(Verdict.LOST)).isZero();
        assertThat(first.responder().quantile(0.5)).isBetween(1980L, 2020L);
        windows.closeAll();
        assertThat(closed).hasSize(2);
    }

    @Test
    void what_changes_after_the_end_is_counted_and_not_applied() {
        windows.settled(outcome(1, 0, Verdict.LOST));
        windows.close(12 * SECOND);
        windows.revised(outcome(1, 0, Verdict.LOST), outcome(1, 0, Verdict.LATE));
        assertThat(windows.tooLate()).isEqualTo(1);
        assertThat(closed.getFirst().count(Verdict.LOST)).isEqualTo(1);
    }

    @Test
    void what_was_forgotten_makes_a_window_incomplete_and_not_lossy() {
        windows.forgotten(7, 5);
        windows.closeAll();
        assertThat(closed.getFirst().forgotten()).isEqualTo(1);
        assertThat(closed.getFirst().probes()).isZero();
    }

    @Test
    void quantiles_of_a_sketch_are_within_one_per_cent_also_when_added_up() {
        Random random = new Random(42);
        for (int round = 0; round < 200; round++) {
            int size = 1 + random.nextInt(2000);
            long[] values = new long[size];
            Sketch one = new Sketch();
            Sketch two = new Sketch();
            for (int i = 0; i < size; i++) {
                values[i] = (long) Math.exp(random.nextDouble() * 23);
                (random.nextBoolean() ? one : two).add(values[i]);
            }
            one.add(two);
            Arrays.sort(values);
            assertThat(one.count()).isEqualTo(size);
            assertThat(one.most()).isEqualTo(Math.max(1, values[size - 1]));
            for (double share : new double[] {0, 0.5, 0.9, 0.99, 0.9999, 1}) {
                long exact = Math.max(1, values[(int) Math.max(0, Math.ceil(share * size) - 1)]);
                assertThat((double) one.quantile(share)).isBetween(exact * 0.99 - 1, exact * 1.01 + 1);
            }
        }
    }

    @Test
    void a_message_is_read_back_and_noise_is_foreign() {
        ByteBuffer bytes = ByteBuffer.allocate(60);
        ProbeMessage.writeAck2(bytes, 3, -5, 77, 88);
        assertThat(ProbeMessage.kind(bytes, 3, 40)).isEqualTo(ProbeMessage.Kind.ACK2);
        assertThat(ProbeMessage.number(bytes, 3)).isEqualTo(-5);
        assertThat(ProbeMessage.t3(bytes, 3)).isEqualTo(77);
        assertThat(ProbeMessage.t4(bytes, 3)).isEqualTo(88);
        assertThat(ProbeMessage.kind(bytes, 3, 39)).isEqualTo(ProbeMessage.Kind.FOREIGN);
        ProbeMessage.writeAck1(bytes, 0, 9, 0);
        assertThat(ProbeMessage.kind(bytes, 0, 60)).isEqualTo(ProbeMessage.Kind.FOREIGN);
        ProbeMessage.writeProbe(bytes, 0, 9, 0xC123);
        assertThat(ProbeMessage.sourcePort(bytes, 0)).isEqualTo(0xC123);
        assertThat(ProbeMessage.kind(bytes, 0, 60)).isEqualTo(ProbeMessage.Kind.PROBE);
        byte[] noise = new byte[40];
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            random.nextBytes(noise);
            noise[0] = (byte) random.nextInt(3);
            noise[1] = (byte) random.nextInt(3);
            noise[2] = (byte) random.nextInt(4);
            ProbeMessage.Kind kind = ProbeMessage.kind(ByteBuffer.wrap(noise), 0, random.nextInt(41));
            assertThat(kind == ProbeMessage.Kind.FOREIGN || noise[0] == 1).isTrue();
        }
    }
}
