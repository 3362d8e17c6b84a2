package dev.mayfly.mesh.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mayfly.mesh.trace.TracedPath.End;
import dev.mayfly.mesh.wire.IpAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PathTraceTest {
    private static final IpAddress TARGET = IpAddress.parse("10.9.0.1");
    private static final List<Integer> PORTS = List.of(50_000, 50_001);

    private long now;

    /** Routers by port and place; a place without one is silent. */
    private class Made implements Hops {
        private final Deque<Runnable> coming = new ArrayDeque<>();
        private final boolean quotes;
        private final boolean endpoint;
        private Answers to = new Nobody();
        private int sent;

        Made(boolean quotes, boolean endpoint) {
            this.quotes = quotes;
            this.endpoint = endpoint;
        }

        @Override
        public void send(int sourcePort, int hopLimit, long number) {
            sent++;
            long told = quotes ? number : Hops.UNKNOWN;
            if (hopLimit > 3) {
                coming.add(() -> {
                    if (endpoint) {
                        to.answered(number, 77);
                    } else {
                        to.dropped(sourcePort, told, TARGET, false, 77);
                    }
                });
            } else if (!(sourcePort == 50_001 && hopLimit == 2)) {
                IpAddress router = IpAddress.v4(0x0A010000 | (sourcePort & 1) << 8 | hopLimit);
                coming.add(() -> to.dropped(sourcePort, told, router, true, 5));
            }
        }

        @Override
        public void receive(Answers answers, long waitNanos) {
            to = answers;
            if (coming.isEmpty()) {
                now += waitNanos;
            } else {
                coming.remove().run();
            }
        }

        @Override
        public void close() {}
    }

    private static final class Nobody implements Hops.Answers {
        @Override
        public void dropped(int sourcePort, long number, IpAddress by, boolean expired, long nanos) {}

        @Override
        public void answered(long number, long nanos) {}
    }

    private List<TracedPath> trace(Hops hops, int most) throws InterruptedException {
        return new PathTrace(hops, TARGET, PORTS, () -> now).run(most);
    }

    @Test
    void each_port_has_its_own_routers_a_silent_one_is_a_gap_and_the_end_is_told() throws InterruptedException {
        for (boolean quotes : List.of(true, false)) {
            List<TracedPath> paths = trace(new Made(quotes, true), 10);
            assertThat(paths).extracting(TracedPath::end).containsOnly(End.ANSWERED);
            assertThat(paths.get(0).addresses())
                    .containsExactly(
                            Optional.of(IpAddress.parse("10.1.0.1")),
                            Optional.of(IpAddress.parse("10.1.0.2")),
                            Optional.of(IpAddress.parse("10.1.0.3")),
                            Optional.of(TARGET));
            assertThat(paths.get(1).addresses().get(1)).isEmpty();
            assertThat(paths.get(1).hops()).hasSize(4);
            assertThat(paths.get(0).hops().getLast().nanos()).isEqualTo(77);
        }
    }

    @Test
    void a_target_without_an_endpoint_is_reached_all_the_same() throws InterruptedException {
        assertThat(trace(new Made(true, false), 10)).extracting(TracedPath::end).containsOnly(End.NOBODY_THERE);
    }

    @Test
    void it_gives_up_at_the_most_hops_and_when_nothing_is_heard_three_times() throws InterruptedException {
        assertThat(trace(new Made(true, true), 2)).allSatisfy(path -> {
            assertThat(path.end()).isEqualTo(End.SILENT);
            assertThat(path.hops().size()).isLessThanOrEqualTo(2);
        });
        Made silent = new Made(true, true) {
            @Override
            public void receive(Answers answers, long waitNanos) {
                now += waitNanos;
            }
        };
        List<TracedPath> paths = trace(silent, 60);
        assertThat(paths).allSatisfy(path -> assertThat(path.hops()).isEmpty());
        assertThat(silent.sent).isEqualTo(3 * 3 * PORTS.size());
    }

    @Test
    void made_up_answers_change_nothing() throws InterruptedException {
        Made hostile = new Made(true, true) {
            @Override
            public void receive(Answers answers, long waitNanos) {
                answers.dropped(1, 0, TARGET, false, 1);
                answers.dropped(50_000, Long.MAX_VALUE, TARGET, false, 1);
                answers.answered(-5, 1);
                answers.answered(Long.MAX_VALUE, 1);
                answers.answered(9L << 16, 1);
                super.receive(answers, waitNanos);
            }
        };
        assertThat(trace(hostile, 10)).extracting(TracedPath::end).containsOnly(End.ANSWERED);
    }

    @Test
    void an_interrupt_ends_it() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> trace(new Made(true, true), 10)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
}
