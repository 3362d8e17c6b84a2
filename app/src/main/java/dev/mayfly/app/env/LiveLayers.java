package dev.mayfly.app.env;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.runtime.LiveBind;
import dev.mayfly.env.served.ViewRequest.MountPoint;
import dev.mayfly.env.spec.BindMount;
import dev.mayfly.env.spec.LiveLayer;
import dev.mayfly.env.view.ViewBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Folders of this machine in an environment: where they stand, and what they stand on. */
final class LiveLayers {
    private LiveLayers() {}

    static List<LiveBind> binds(List<LiveLayer> layers) {
        List<LiveBind> binds = new ArrayList<>();
        for (LiveLayer layer : layers) {
            for (BindMount mount : layer.mounts()) {
                Path folder = Optional.ofNullable(mount.source().getParent()).orElse(mount.source());
                String name = mount.source().equals(folder)
                        ? "."
                        : String.valueOf(mount.source().getFileName());
                binds.add(new LiveBind(folder, name, mount.destination(), true));
            }
        }
        return binds;
    }

    /** What each is to be mounted on. */
    static List<MountPoint> mountPoints(List<LiveLayer> layers) {
        return layers.stream()
                .flatMap(layer -> layer.mounts().stream())
                .map(mount -> new MountPoint(mount.destination(), Files.isDirectory(mount.source())))
                .toList();
    }

    /** Puts something into the view for each, where there is nothing of its kind. */
    static void put(ViewBuilder view, List<MountPoint> points) {
        for (MountPoint point : points) {
            List<String> names = List.of(point.path().split("/", -1));
            ViewBuilder.Node at = view.root();
            for (String name : names.subList(0, names.size() - 1)) {
                at = folder(at, RawName.of(name));
            }
            RawName last = RawName.of(names.getLast());
            if (point.folder()) {
                folder(at, last);
            } else {
                at.file(last, FileMode.REGULAR | 0644, Digest.EMPTY, 0);
            }
        }
    }

    private static ViewBuilder.Node folder(ViewBuilder.Node parent, RawName name) {
        ViewBuilder.Node there = parent.children().get(name);
        return there != null && there.isDirectory() ? there : parent.directory(name, FileMode.DIRECTORY | 0755);
    }
}
