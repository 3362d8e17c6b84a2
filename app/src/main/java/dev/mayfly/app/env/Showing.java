package dev.mayfly.app.env;

import dev.mayfly.env.erofs.Contents;
import dev.mayfly.env.erofs.ViewMount;
import dev.mayfly.env.library.Library;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.served.ViewRequest.MountPoint;
import dev.mayfly.env.spec.Resolved;
import dev.mayfly.env.view.View;
import dev.mayfly.env.view.ViewBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** From what a spec stands for to a mounted view. */
final class Showing {
    /** The word for it in records of runtimes. */
    static final String FRONT_END = "erofs";

    private Showing() {}

    /** Whatever the view is a function of. */
    static List<Digest> key(Resolved resolved) {
        List<Digest> parts = new ArrayList<>(resolved.digests());
        resolved.live().stream()
                .flatMap(layer -> layer.mounts().stream())
                .map(mount -> Digest.of((mount.source() + "\0" + mount.destination()).getBytes(StandardCharsets.UTF_8)))
                .forEach(parts::add);
        return parts;
    }

    static Supplier<View> view(Library library, Resolved resolved) {
        return () -> view(library, resolved.layers(), LiveLayers.mountPoints(resolved.live()));
    }

    /** With folders and files that others are to be mounted on. */
    static View view(Library library, List<Resolved.Found> layers, List<MountPoint> points) {
        if (points.isEmpty()) {
            return library.view(layers);
        }
        ViewBuilder builder = library.builder(layers);
        LiveLayers.put(builder, points);
        return builder.build();
    }

    static ViewMount mount(EnvSession session, Resolved resolved, Supplier<View> view) {
        return session.shown()
                .show(key(resolved), view, Contents.of(session.repository().payloads()));
    }

    static ViewMount mount(EnvSession session, Resolved resolved) {
        return mount(session, resolved, view(session.library(), resolved));
    }
}
