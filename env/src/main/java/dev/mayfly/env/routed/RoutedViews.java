package dev.mayfly.env.routed;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.id.IdSource;
import dev.mayfly.base.log.Log;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.router.ProcessId;
import dev.mayfly.env.router.Router;
import dev.mayfly.env.router.RouterCounts;
import dev.mayfly.env.view.View;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * The front end: shows views to process trees for as long as one of their processes lives. Owns both mounts and one thread,
 * which looks for processes that have ended. Safe for concurrent use.
 */
public final class RoutedViews implements AutoCloseable {
    private static final Duration LOOK = Duration.ofSeconds(5);

    /**
     * Where it is all shown.
     *
     * @param root where processes look, an empty folder
     * @param views where the views are, another one
     */
    public record Places(Path root, Path views) {}

    private final Router<String> router;
    private final ViewsTree views;
    private final IdSource ids;
    private final TreeServer.Mounted viewsMount;
    private final TreeServer.Mounted rootMount;
    private final Thread sweeper;

    private RoutedViews(
            Router<String> router,
            ViewsTree views,
            IdSource ids,
            TreeServer.Mounted viewsMount,
            TreeServer.Mounted rootMount) {
        this.router = router;
        this.views = views;
        this.ids = ids;
        this.viewsMount = viewsMount;
        this.rootMount = rootMount;
        this.sweeper = Thread.ofVirtual().name("router-sweep").start(this::sweepNowAndThen);
    }

    /**
     * Mounts both.
     *
     * @param payloads contents that lie on this machine
     * @param ids never gives one twice
     */
    public static RoutedViews open(
            Places places,
            TreeServer server,
            Processes processes,
            Function<Digest, Optional<Payload>> payloads,
            IdSource ids,
            Log log) {
        Log named = log.named("router");
        ViewsTree views = new ViewsTree(payloads);
        Router<String> router = new Router<>(processes, ended -> {
            views.remove(ended);
            named.info().with("view", ended).log("the last process of a view has ended");
        });
        RootTree root = new RootTree(router, processes, views, places.views());
        TreeServer.Mounted viewsMount = server.mount(views, places.views(), TreeServer.Memory.EVERYTHING);
        try {
            return new RoutedViews(
                    router, views, ids, viewsMount, server.mount(root, places.root(), TreeServer.Memory.NOTHING));
        } catch (RuntimeException e) {
            viewsMount.close();
            throw e;
        }
    }

    /**
     * Shows a view to a process and to all its descendants that have none yet.
     *
     * @return the name of the view here
     * @throws MayflyException {@code PROCESS_UNKNOWN} when there is no such process
     */
    public String show(View view, int pid) {
        String name = ids.next();
        views.add(name, view);
        Optional<ProcessId> shown = router.register(pid, name);
        if (shown.isEmpty()) {
            views.remove(name);
            throw new MayflyException(
                    ErrorCode.PROCESS_UNKNOWN,
                    "no view can be shown to process " + pid,
                    "there is no such process, or it has ended",
                    "name a process that runs, for example that of your shell: echo $$");
        }
        return name;
    }

    /** Processes that are known to see this view; none when it has ended. */
    public Set<ProcessId> members(String view) {
        return router.members(view);
    }

    public RouterCounts counts() {
        return router.counts();
    }

    /** Looks for processes that have ended; this is done now and then anyway. */
    public void sweep() {
        router.sweep();
    }

    private void sweepNowAndThen() {
        try {
            while (true) {
                Thread.sleep(LOOK);
                sweep();
            }
        } catch (InterruptedException e) {
            // The front end ends.
        }
    }

    @Override
    public void close() {
        sweeper.interrupt();
        try (viewsMount) {
            rootMount.close();
        }
    }
}
