package dev.mayfly.sandbox.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The host's name service, shared by all runs. A name server that does not answer keeps a lookup for as long as the
 * resolver of the host tries, whether or not somebody still waits for it, and a job chooses such a name server when its
 * policy permits one. So a run has few lookups at once, and gives one back only when it has really ended; all runs
 * together have enough for {@value #RUNS} that hold all of theirs. Who waits for one of the common ones waits in line.
 */
final class HostLookups implements Resolver {
    private static final int PER_RUN = 4;
    private static final int RUNS = 16;

    private final Resolver blocking;
    private final Duration patience;
    private final Semaphore all = new Semaphore(PER_RUN * RUNS, true);

    /** @param blocking may take long; what is asked of it is never interrupted */
    HostLookups(Resolver blocking, Duration patience) {
        this.blocking = blocking;
        this.patience = patience;
    }

    @Override
    public List<InetAddress> resolve(String name) throws UnknownHostException {
        return forOneRun().resolve(name);
    }

    @Override
    public Resolver forOneRun() {
        Semaphore own = new Semaphore(PER_RUN, true);
        return name -> resolve(name, own);
    }

    /**
     * getaddrinfo blocks its kernel thread, so it gets one of its own: a slow name server must not hold the carrier
     * threads of everybody else. A thread that overruns is left to end by itself; their number is bounded.
     */
    private List<InetAddress> resolve(String name, Semaphore own) throws UnknownHostException {
        long deadline = System.nanoTime() + patience.toNanos();
        FutureTask<List<InetAddress>> lookup = new FutureTask<>(() -> {
            try {
                return blocking.resolve(name);
            } finally {
                all.release();
                own.release();
            }
        });
        try {
            acquire(own, deadline, name + ": too many lookups of this run at once");
            try {
                acquire(all, deadline, name + ": too many lookups at once");
            } catch (UnknownHostException | InterruptedException e) {
                own.release();
                throw e;
            }
            Thread.ofPlatform().name("resolve").daemon().start(lookup);
            return lookup.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownHostException unknown) {
                throw unknown;
            }
            throw new UnknownHostException(name + ": " + e.getCause());
        } catch (TimeoutException e) {
            throw new UnknownHostException(name + ": no answer in " + patience.toMillis() + " ms");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnknownHostException(name + ": interrupted");
        }
    }

    private static void acquire(Semaphore lookups, long deadline, String otherwise)
            throws UnknownHostException, InterruptedException {
        if (!lookups.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            throw new UnknownHostException(otherwise);
        }
    }
}
