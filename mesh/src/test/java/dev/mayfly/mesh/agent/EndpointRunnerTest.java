package dev.mayfly.mesh.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.base.time.Ticker;
import dev.mayfly.mesh.soft.PathSocket;
import dev.mayfly.mesh.transport.Receiver;
import dev.mayfly.mesh.transport.Stamping;
import dev.mayfly.mesh.transport.Transport;
import dev.mayfly.mesh.wire.IpAddress;
import dev.mayfly.mesh.wire.Route;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class EndpointRunnerTest {
    private final AtomicLong clock = new AtomicLong(1_000_000_000);
    private final Ticker ticker = clock::get;
    private final Semaphore allowed = new Semaphore(0);
    private final Semaphore waiting = new Semaphore(0);

    /** Nothing ever arrives; how long that takes is the test's to say. */
    private final class Silence implements Transport {
        @Override
        public IpAddress address() {
            return IpAddress.parse("10.0.0.1");
        }

        @Override
        public Stamping stamping() {
            return Stamping.SIMULATED;
        }

        @Override
        public void send(Route route, ByteBuffer payload, int from, int length, long token) {}

        @Override
        public void flush() {}

        @Override
        public int receive(Receiver receiver, long waitNanos) {
            waiting.release();
            allowed.acquireUninterruptibly();
            return 0;
        }

        @Override
        public void close() {}
    }

    /** Nothing is opened here but what is given. */
    private static final class Given implements Sockets {
        @Override
        public Transport transport(IpAddress address, List<Integer> sourcePorts) {
            throw new IllegalStateException("nobody asks for " + address);
        }

        @Override
        public Optional<PathSocket> paths(IpAddress address) {
            return Optional.empty();
        }
    }

    @Test
    void a_thread_that_does_not_come_round_is_told_while_it_lasts_and_once_after_it() {
        FlowTally tally = new FlowTally(IpAddress.parse("10.0.0.1"), Duration.ofMillis(200), EndpointRunner.KEEP);
        EndpointRunner runner = new EndpointRunner(
                new Given(),
                new Silence(),
                EndpointRunner.self(new Random(1), List.of(0xC000)),
                tally,
                new SharedBudget(100, clock.get()),
                100,
                new Random(1),
                ticker);
        runner.start();
        try {
            waiting.acquireUninterruptibly();
            assertThat(runner.stalled(clock.get())).isZero();
            clock.addAndGet(300_000_000);
            assertThat(runner.stalled(clock.get())).isEqualTo(300_000_000);
            clock.addAndGet(400_000_000);
            assertThat(runner.stalled(clock.get())).isEqualTo(700_000_000);
            allowed.release();
            waiting.acquireUninterruptibly();
            clock.addAndGet(5_000_000);
            assertThat(runner.stalled(clock.get())).isEqualTo(700_000_000);
            assertThat(runner.stalled(clock.get())).isEqualTo(5_000_000);
        } finally {
            allowed.release(1_000_000);
            runner.close();
        }
    }
}
