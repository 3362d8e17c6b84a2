package dev.mayfly.env.served;

import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.env.fuse.FuseOptions;
import dev.mayfly.env.fuse.FuseServer;
import dev.mayfly.env.fuse.HeldMount;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.view.View;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** The process that answers for one view. Its holder starts another when this one dies. */
public final class ViewServer {
    private ViewServer() {}

    /**
     * Serves until the view is unmounted everywhere, or its holder has ended.
     *
     * @param place that {@link ServedView#use} gave to the command
     * @param views what a request stands for; the same for each server
     * @param payloads must be safe for concurrent use
     * @throws MayflyException {@code ENV_SERVICE_UNREACHABLE} when there is no holder
     */
    public static void run(
            Path place, Function<ViewRequest, View> views, Function<Digest, Optional<Payload>> payloads, Log log)
            throws IOException, InterruptedException {
        Path folder = Optional.ofNullable(place.getParent()).orElseThrow();
        ViewRequest request = ServedView.request(folder);
        View view = views.apply(request);
        FuseOptions options = FuseOptions.plain(folder.resolve("spool")).owner(request.uid(), request.gid());
        try (HeldMount mount = HeldMount.join(HeldFolder.socket(place), HeldFolder.point(place))) {
            int before = mount.awaitTurn();
            try (FuseServer server = FuseServer.resume(view, payloads, options, mount.devices(), before, log)) {
                log.info()
                        .with("layers", request.layers().size())
                        .with("before", before)
                        .log("a view is served");
                Thread.ofPlatform().name("holder").daemon().start(() -> endWith(mount, server));
                server.await();
            }
        }
    }

    /** Without a holder nobody would take the mount away, nor serve it after this process. */
    private static void endWith(HeldMount mount, FuseServer server) {
        mount.awaitEnd();
        server.close();
    }
}
