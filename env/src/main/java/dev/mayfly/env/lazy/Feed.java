package dev.mayfly.env.lazy;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.env.fuse.DeviceFile;
import dev.mayfly.env.lazy.LazyPlan.Part;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.CheckedStream;
import dev.mayfly.env.repo.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Function;

/**
 * Gets contents from where they are into the spool. A content is {@link #ready} when all of it lies there and has its digest;
 * nobody reads a byte of it before. Each is fetched once, however many want it, and what somebody waits for goes before what
 * is only copied for later. Safe for concurrent use.
 */
public final class Feed implements DeviceFile, AutoCloseable {
    private static final int PIECE = 1 << 17;
    /** How long a transfer that nobody waits for stands aside at each piece, at most. */
    private static final Duration STEP_ASIDE = Duration.ofSeconds(1);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);
    private static final Duration END = Duration.ofSeconds(5);

    private final LazyPlan plan;
    private final Spool spool;
    private final Function<Digest, Optional<Payload>> origin;
    private final Patience patience;
    private final Log log;
    private final AtomicIntegerArray ready;
    private final Map<Integer, Arrival> arriving = new ConcurrentHashMap<>();
    private final Map<Integer, Failed> failed = new ConcurrentHashMap<>();
    private final Urgency urgency = new Urgency();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** A content could not be had a moment ago. */
    private record Failed(long at, MayflyException why) {}

    /** One content on its way. */
    private final class Arrival {
        private final int place;
        private final Part part;
        private final CompletableFuture<Void> done = new CompletableFuture<>();
        /** When more of it had come than ever before: a try that ends where the last one did is no progress. */
        private volatile long movedAt = System.nanoTime();

        private long farthest;
        private volatile boolean wanted;
        private boolean over;

        Arrival(int place) {
            this.place = place;
            this.part = plan.parts().get(place);
        }

        synchronized void want() {
            if (!wanted && !over) {
                wanted = true;
                urgency.begin();
            }
        }

        synchronized void end() {
            over = true;
            if (wanted) {
                urgency.end();
            }
        }
    }

    /**
     * @param folder where the spool is, or is made
     * @param origin where contents are; checked here, whoever else has checked them
     * @throws MayflyException {@code STATE_UNAVAILABLE} when the folder cannot be used
     */
    public Feed(LazyPlan plan, Path folder, Function<Digest, Optional<Payload>> origin, Patience patience, Log log) {
        this.plan = plan;
        this.origin = origin;
        this.patience = patience;
        this.log = log.named("lazy");
        this.ready = new AtomicIntegerArray(plan.parts().size());
        try {
            this.spool = new Spool(folder, plan);
        } catch (IOException e) {
            throw unwritable(folder, e);
        }
    }

    @Override
    public long length() {
        return plan.length();
    }

    @Override
    public Path spool() {
        return spool.file();
    }

    @Override
    public boolean ready(long offset, int length) {
        int last = plan.at(offset + length - 1);
        for (int i = Math.max(plan.at(offset), 0); i <= last; i++) {
            if (ready.get(i) == 0) {
                return false;
            }
        }
        return true;
    }

    /** How many contents are ready. */
    public int arrived() {
        int count = 0;
        for (int i = 0; i < ready.length(); i++) {
            count += ready.get(i);
        }
        return count;
    }

    @Override
    public CompletableFuture<Void> demand(long offset, int length) {
        List<Arrival> needed = new ArrayList<>();
        int last = plan.at(offset + length - 1);
        for (int i = Math.max(plan.at(offset), 0); i <= last; i++) {
            if (ready.get(i) == 0) {
                Failed before = failed.get(i);
                if (before != null
                        && System.nanoTime() - before.at < patience.remembered().toNanos()) {
                    return CompletableFuture.failedFuture(before.why);
                }
                Arrival arrival = arrival(i);
                arrival.want();
                needed.add(arrival);
            }
        }
        CompletableFuture<Void> answer = new CompletableFuture<>();
        if (needed.isEmpty()) {
            answer.complete(null);
        } else {
            threads.execute(() -> await(needed, answer));
        }
        return answer;
    }

    private void await(List<Arrival> needed, CompletableFuture<Void> answer) {
        try {
            long since = System.nanoTime();
            for (Arrival each : needed) {
                await(each, since);
            }
            answer.complete(null);
        } catch (MayflyException e) {
            answer.completeExceptionally(e);
        } catch (InterruptedException e) {
            answer.completeExceptionally(ended());
        }
    }

    private void await(Arrival arrival, long since) throws InterruptedException {
        while (true) {
            try {
                arrival.done.get(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (ExecutionException e) {
                throw e.getCause() instanceof MayflyException known ? known : broken(arrival.part, e);
            } catch (TimeoutException e) {
                long now = System.nanoTime();
                boolean still = now - Math.max(arrival.movedAt, since)
                        > patience.still().toNanos();
                if (still || now - since > patience.most().toNanos()) {
                    MayflyException late = late(arrival.part, still);
                    tell(arrival, late);
                    throw late;
                }
            }
        }
    }

    /**
     * A content for who is in no hurry.
     *
     * @throws MayflyException when it is not to be had
     */
    InputStream open(Part part) throws InterruptedException {
        int place = plan.place(part.digest()).orElseThrow();
        if (ready.get(place) == 0) {
            try {
                arrival(place).done.get();
            } catch (ExecutionException e) {
                throw e.getCause() instanceof MayflyException known ? known : broken(part, e);
            }
        }
        return spool.open(part);
    }

    private Arrival arrival(int place) {
        Arrival mine = new Arrival(place);
        Arrival there = arriving.putIfAbsent(place, mine);
        if (there != null) {
            return there;
        }
        threads.execute(() -> run(mine));
        return mine;
    }

    private void run(Arrival arrival) {
        Optional<RuntimeException> failure = Optional.empty();
        try {
            if (ready.get(arrival.place) == 0) {
                if (!spool.hadArrived(arrival.place) || !spool.matches(arrival.part)) {
                    fetch(arrival);
                }
                ready.set(arrival.place, 1);
            }
        } catch (IOException e) {
            failure = Optional.of(unwritable(spool.file(), e));
        } catch (InterruptedException e) {
            failure = Optional.of(ended());
        } catch (RuntimeException e) {
            failure = Optional.of(e instanceof MayflyException ? e : broken(arrival.part, e));
        }
        // Before anybody learns of a failure: who then tries again begins anew.
        arriving.remove(arrival.place, arrival);
        arrival.end();
        failure.ifPresentOrElse(
                e -> {
                    if (e instanceof MayflyException known) {
                        tell(arrival, known);
                    }
                    arrival.done.completeExceptionally(e);
                },
                () -> arrival.done.complete(null));
    }

    private void fetch(Arrival arrival) throws IOException, InterruptedException {
        while (true) {
            try {
                once(arrival);
                spool.note(arrival.place);
                return;
            } catch (MayflyException e) {
                boolean still =
                        System.nanoTime() - arrival.movedAt > patience.still().toNanos();
                if (e.code() != ErrorCode.REMOTE_UNREACHABLE || still) {
                    throw e;
                }
                Thread.sleep(patience.again());
            }
        }
    }

    private void once(Arrival arrival) throws IOException, InterruptedException {
        Part part = arrival.part;
        Payload payload = origin.apply(part.digest()).orElseThrow(() -> missing(part));
        byte[] piece = new byte[PIECE];
        long at = part.offset();
        try (CheckedStream content = new CheckedStream(payload.open(), part.digest())) {
            for (int n = read(content, piece, part); n >= 0; n = read(content, piece, part)) {
                if (at + n > part.end()) {
                    throw corrupt(part, "it has more than " + part.size() + " bytes");
                }
                spool.write(piece, n, at);
                at += n;
                if (at > arrival.farthest) {
                    arrival.farthest = at;
                    arrival.movedAt = System.nanoTime();
                }
                urgency.giveWay(() -> arrival.wanted, STEP_ASIDE);
            }
        }
        if (at != part.end()) {
            throw corrupt(part, "it has " + (at - part.offset()) + " bytes and should have " + part.size());
        }
    }

    private static int read(InputStream content, byte[] piece, Part part) {
        try {
            return content.read(piece);
        } catch (CheckedStream.WrongDigest e) {
            throw corrupt(part, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            if (e.getCause() instanceof MayflyException known) {
                throw known;
            }
            throw new MayflyException(
                    ErrorCode.REMOTE_UNREACHABLE,
                    "the payload " + part.digest() + " does not arrive",
                    String.valueOf(e.getMessage()),
                    "see that the repository of origin can be reached",
                    e);
        }
    }

    private void tell(Arrival arrival, MayflyException failure) {
        failed.put(arrival.place, new Failed(System.nanoTime(), failure));
        log.error()
                .with("code", failure.code().label())
                .with("digest", arrival.part.digest())
                .with("why", failure.why())
                .log("content of a lazy view is not to be had");
    }

    private static MayflyException corrupt(Part part, String why) {
        return new MayflyException(
                ErrorCode.CONTENT_CORRUPT,
                "the payload " + part.digest() + " is not handed to readers",
                why,
                "check the repository of origin: mayfly env check --deep there");
    }

    private static MayflyException missing(Part part) {
        return new MayflyException(
                ErrorCode.CONTENT_MISSING,
                "the payload " + part.digest() + " is not to be had",
                "the repository of origin does not have it",
                "push the environment there again from where it was made");
    }

    private static MayflyException late(Part part, boolean still) {
        return new MayflyException(
                ErrorCode.REMOTE_UNREACHABLE,
                "the payload " + part.digest() + " does not arrive",
                still ? "nothing of it came for a while" : "it takes too long",
                "see that the repository of origin can be reached, and read again");
    }

    private static MayflyException broken(Part part, Throwable cause) {
        return new MayflyException(
                ErrorCode.INTERNAL,
                "the payload " + part.digest() + " does not arrive",
                String.valueOf(cause),
                "please report it with the log of the view",
                cause);
    }

    private static MayflyException ended() {
        return new MayflyException(
                ErrorCode.SERVICE_BUSY, "the server of a lazy view ends", "it was told to", "read again");
    }

    private static MayflyException unwritable(Path path, IOException e) {
        return new MayflyException(
                ErrorCode.STATE_UNAVAILABLE,
                "what arrives cannot be kept at " + path,
                String.valueOf(e),
                "look at room and permissions there",
                e);
    }

    /** Lets go of what is on its way. What has arrived stays. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(END.toMillis(), TimeUnit.MILLISECONDS)) {
                log.warn().log("content still arrives for nobody");
            }
            spool.close();
        } catch (IOException e) {
            log.warn().cause(e).log("the spool does not close");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
