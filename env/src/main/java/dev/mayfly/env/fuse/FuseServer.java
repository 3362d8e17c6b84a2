package dev.mayfly.env.fuse;

import dev.mayfly.base.log.Log;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.view.View;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/**
 * Serves one view on one FUSE connection, with a native thread for each descriptor of it. It does not own the descriptors:
 * {@link FuseMount} does. While a server is stopped or dead callers wait, as long as somebody holds the descriptors; the next
 * server answers them, see {@link #serve}.
 *
 * <p>Safe for concurrent use. {@link #close} is bounded and may be called again.
 */
public final class FuseServer implements AutoCloseable {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Log log;
    private final Reading reading;
    private final Backing backing;
    private final SlowReads slow;
    private final List<Worker> workers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch ready;
    private final CountDownLatch turn = new CountDownLatch(1);
    private final CountDownLatch ended;
    private final int device;
    private final boolean standingBy;
    private volatile boolean stopping;

    private FuseServer(
            View view,
            Sources sources,
            Reading reading,
            FuseOptions options,
            List<Integer> devices,
            boolean standingBy,
            Log log) {
        this.log = log;
        this.reading = reading;
        this.device = devices.getFirst();
        this.standingBy = standingBy;
        backing = new Backing(view, sources, options, device, log);
        FuseParts parts = new FuseParts(view, new Nodes(view, options), reading, backing, options, log);
        slow = new SlowReads(parts);
        ready = new CountDownLatch(devices.size());
        ended = new CountDownLatch(devices.size());
        for (int each : devices) {
            workers.add(new Worker(each, parts, slow, new Turn(), log));
        }
    }

    private static FuseServer of(
            View view,
            Function<Digest, Optional<Payload>> payloads,
            FuseOptions options,
            List<Integer> devices,
            boolean standingBy,
            Log log) {
        Log named = log.named("fuse");
        Sources sources = new Sources(view, payloads, options.spool());
        ViewReading reading = new ViewReading(view, sources, options, named);
        return new FuseServer(view, sources, reading, options, devices, standingBy, named);
    }

    /**
     * Serves a folder with one file in it, {@link DeviceMounts#NAME}, of which parts are still arriving. The kernel keeps
     * nothing of it, so whoever reads it (a file system that has it as a device) gets exactly what it asks for, and what
     * could not be had once is asked for again.
     *
     * @param before as for {@link #serve}
     */
    public static FuseServer feed(DeviceFile file, List<Integer> devices, int before, Log log) {
        Log named = log.named("fuse");
        View view = DeviceMounts.view(file.length());
        FuseOptions options = FuseOptions.plain(file.spool()).directly();
        Sources none = new Sources(view, _ -> Optional.empty(), file.spool());
        Reading reading = new DeviceReading(file, DeviceMounts.NODE, named);
        FuseServer server = new FuseServer(view, none, reading, options, devices, false, named);
        server.startThreads();
        server.serve(before);
        return server;
    }

    /**
     * Serves a connection from its beginning.
     *
     * @param payloads must be safe for concurrent use
     * @param devices descriptors of one connection, one for each thread; they stay the caller's and must stay open until this
     *     is closed
     */
    public static FuseServer start(
            View view,
            Function<Digest, Optional<Payload>> payloads,
            FuseOptions options,
            List<Integer> devices,
            Log log) {
        return resume(view, payloads, options, devices, 0, log);
    }

    /**
     * Serves a connection from where others have left it, as {@link #start} does.
     *
     * @param before as for {@link #serve}
     */
    public static FuseServer resume(
            View view,
            Function<Digest, Optional<Payload>> payloads,
            FuseOptions options,
            List<Integer> devices,
            int before,
            Log log) {
        FuseServer server = of(view, payloads, options, devices, false, log);
        server.startThreads();
        server.serve(before);
        return server;
    }

    /**
     * Makes everything ready to take over from another server at once: threads and memory, and code that was loaded and
     * compiled by answering requests that nobody sent, about a second's work. Returns when it is; {@link #serve} begins.
     */
    public static FuseServer standBy(
            View view,
            Function<Digest, Optional<Payload>> payloads,
            FuseOptions options,
            List<Integer> devices,
            Log log)
            throws InterruptedException {
        FuseServer server = of(view, payloads, options, devices, true, log);
        server.startThreads();
        server.ready.await();
        return server;
    }

    /**
     * Begins to serve.
     *
     * @param before how many servers of the same view and options this connection had, which serve no more. What the last of
     *     them took and did not answer is asked again (since Linux 6.9)
     */
    public void serve(int before) {
        if (before > 0) {
            try (Arena arena = Arena.ofConfined()) {
                long asked = new Reply(arena).resend(new Native(arena), device);
                if (asked < 0) {
                    log.warn().with("errno", -asked).log("the kernel does not send requests again");
                }
            }
        }
        turn.countDown();
    }

    private void startThreads() {
        try (Arena arena = Arena.ofConfined()) {
            Signals.prepare(new Native(arena), arena);
        }
        for (int i = 0; i < workers.size(); i++) {
            Worker worker = workers.get(i);
            threads.add(Thread.ofPlatform().name("fuse-" + i).daemon().start(() -> run(worker)));
        }
    }

    private final class Turn implements Worker.Turn {
        @Override
        public boolean isFarOff() {
            return standingBy;
        }

        @Override
        public void await() {
            ready.countDown();
            boolean came = false;
            while (!came) {
                try {
                    turn.await();
                    came = true;
                } catch (InterruptedException e) {
                    // Nobody interrupts these threads; a server is ended by closing it.
                }
            }
        }

        @Override
        public boolean isOver() {
            return stopping;
        }
    }

    private void run(Worker worker) {
        try {
            worker.run();
        } catch (RuntimeException | Error e) {
            log.error().cause(e).log("a thread of the server ended");
            throw e;
        } finally {
            ready.countDown();
            ended.countDown();
        }
    }

    /** Waits until the view is unmounted or the server is stopped. */
    public void await() throws InterruptedException {
        ended.await();
    }

    public FuseTraffic traffic() {
        List<Counters> counters = new ArrayList<>();
        workers.forEach(each -> counters.add(each.counters()));
        counters.add(slow.counters());
        return FuseTraffic.of(counters);
    }

    /** Stops serving. The mount stays; its callers wait for the next server, or fail when the descriptors are closed. */
    @Override
    public void close() {
        stopping = true;
        turn.countDown();
        boolean interrupted = false;
        try (Arena arena = Arena.ofConfined()) {
            Native calls = new Native(arena);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (ended.getCount() > 0 && System.nanoTime() < deadline) {
                // A thread may be just about to read when a signal comes, which is lost then; so there is another.
                for (int i = 0; i < workers.size(); i++) {
                    if (threads.get(i).isAlive() && workers.get(i).thread() > 0) {
                        Signals.wake(calls, workers.get(i).thread());
                    }
                }
                try {
                    ended.await(LOOK_AGAIN.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (ended.getCount() > 0) {
            log.error().with("threads", ended.getCount()).log("threads of the server do not end");
        }
        slow.close();
        backing.close();
        reading.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
