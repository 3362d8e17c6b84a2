package dev.mayfly.env.fuse;

import dev.mayfly.base.log.Log;
import java.nio.file.Path;

/** A view that is mounted and served in this process. */
record Shown(Path point, DirectMount mount, FuseServer server) implements AutoCloseable {
    static final int THREADS = 2;

    static Shown at(Path point, SomeFiles files, FuseOptions options, Log log) {
        return at(point, files, options, MountOptions.named("mayfly-test"), log);
    }

    static Shown at(Path point, SomeFiles files, FuseOptions options, MountOptions how, Log log) {
        DirectMount mount = DirectMount.at(point, how, THREADS);
        return new Shown(point, mount, FuseServer.start(files.view(), files::find, options, mount.devices(), log));
    }

    @Override
    public void close() {
        server.close();
        mount.close();
    }
}
