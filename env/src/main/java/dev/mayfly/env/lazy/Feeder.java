package dev.mayfly.env.lazy;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.env.fuse.FuseServer;
import dev.mayfly.env.fuse.HeldMount;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.Repository;
import dev.mayfly.env.served.HeldFolder;
import dev.mayfly.env.sync.Copier;
import dev.mayfly.env.sync.CopyListener;
import dev.mayfly.env.sync.CopyOptions;
import dev.mayfly.platform.linux.FileLatch;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Serves one view and copies its contents to the repository of this machine meanwhile, always to the end. Ends when nobody
 * uses the view and there is nothing left to copy, or no hope for it.
 */
public final class Feeder {
    /** Few at a time: readers share the way with them. */
    private static final CopyOptions COPY = new CopyOptions(16, 4, CopyOptions.Existing.CHECK);

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** Without a use and without anything that arrives. */
    private static final Duration HOPE = Duration.ofMinutes(10);

    private final LazyView view;
    private final Repository origin;
    private final Repository here;
    private final Consumer<Digest> unmountImage;
    private final Log log;
    private volatile boolean whole;

    private Feeder(LazyView view, Repository origin, Repository here, Consumer<Digest> unmountImage, Log log) {
        this.view = view;
        this.origin = origin;
        this.here = here;
        this.unmountImage = unmountImage;
        this.log = log.named("lazy");
    }

    /**
     * Does all of it; returns at once when another process does so already.
     *
     * @param folder of a {@link LazyView}
     * @param unmountImage unmounts an image by its key when nobody uses it
     */
    public static void run(
            Path folder, Repository origin, Repository here, Consumer<Digest> unmountImage, Patience patience, Log log)
            throws InterruptedException {
        LazyView view = LazyView.at(folder);
        try {
            Optional<FileLatch> latch = view.serverLatch();
            if (latch.isPresent()) {
                try (FileLatch _ = latch.get()) {
                    new Feeder(view, origin, here, unmountImage, log).serve(patience);
                }
            }
        } catch (IOException e) {
            log.error().cause(e).log("a lazy view cannot be served");
        }
    }

    private void serve(Patience patience) throws IOException, InterruptedException {
        Optional<HeldFolder.Held> held = view.held();
        if (held.isEmpty()) {
            return;
        }
        LazyPlan plan = view.plan();
        try (HeldMount mount = HeldMount.join(held.get().socket(), held.get().point());
                Feed feed = new Feed(plan, view.folder(), origin.payloads()::find, patience, log);
                FuseServer _ = FuseServer.feed(feed, mount.devices(), mount.awaitTurn(), log)) {
            Thread copying = Thread.ofVirtual().name("lazy-copy").start(() -> copy(plan, feed));
            try {
                watch(feed);
            } finally {
                copying.interrupt();
                copying.join(LONGEST_PAUSE);
            }
        }
    }

    private void copy(LazyPlan plan, Feed feed) {
        Duration pause = FIRST_PAUSE;
        try {
            while (!whole) {
                try {
                    LazyRepository from = new LazyRepository(origin, plan, feed);
                    new Copier(COPY, CopyListener.none())
                            .copy(from, here, view.request().wanted(origin));
                    whole = true;
                    log.info().with("files", plan.parts().size()).log("everything has arrived");
                } catch (MayflyException e) {
                    log.warn()
                            .with("code", e.code().label())
                            .with("why", e.why())
                            .log("not everything arrives yet");
                    Thread.sleep(pause);
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
                }
            }
        } catch (InterruptedException e) {
            // The view ends.
        } catch (IOException | RuntimeException e) {
            log.error().cause(e).log("contents are not copied any more");
        }
    }

    private void watch(Feed feed) throws IOException, InterruptedException {
        int arrived = feed.arrived();
        long arrivedAt = System.nanoTime();
        while (view.mount().isPresent()) {
            Thread.sleep(LOOK);
            if (feed.arrived() != arrived) {
                arrived = feed.arrived();
                arrivedAt = System.nanoTime();
            }
            boolean hopeless = System.nanoTime() - arrivedAt > HOPE.toNanos();
            if ((whole || hopeless) && view.end(this::unmountImages, whole)) {
                return;
            }
        }
    }

    private void unmountImages() {
        try {
            view.images().forEach(unmountImage);
        } catch (IOException | MayflyException e) {
            log.warn().cause(e).log("an image stays mounted for now");
        }
    }
}
