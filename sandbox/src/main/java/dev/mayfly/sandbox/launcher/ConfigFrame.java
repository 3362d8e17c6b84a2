package dev.mayfly.sandbox.launcher;

import dev.mayfly.sandbox.cgroup.LauncherPaths;
import dev.mayfly.sandbox.image.RuntimeImage;
import java.nio.ByteBuffer;

/** What a slot is told once. */
final class ConfigFrame {
    private ConfigFrame() {}

    /**
     * @param uid first of the slot's two kernel ids; 0 when the launcher is not root
     */
    static ByteBuffer of(RuntimeImage image, LauncherPaths groups, long uid) {
        FrameWriter frame = new FrameWriter(Wire.CONFIG)
                .number(Wire.Config.UID_BASE, uid)
                .number(Wire.Config.GID_BASE, uid)
                .texts(Wire.Config.HOSTNAME, RuntimeImage.HOSTNAME);
        for (RuntimeImage.Bind bind : image.binds()) {
            frame.texts(Wire.Config.BIND, bind.host().toString(), bind.target());
        }
        for (RuntimeImage.Link link : image.links()) {
            frame.texts(Wire.Config.SYMLINK, link.content(), link.path());
        }
        groups.jobLeaf().ifPresent(path -> frame.texts(Wire.Config.CGROUP2_DIR, path.toString()));
        groups.kill().ifPresent(path -> frame.texts(Wire.Config.CGROUP_KILL, path.toString()));
        groups.cpuUsage().forEach(path -> frame.texts(Wire.Config.CPU_USAGE, path.toString()));
        groups.oomEvents().ifPresent(path -> frame.texts(Wire.Config.OOM_FILE, path.toString()));
        groups.pidsEvents().ifPresent(path -> frame.texts(Wire.Config.PIDS_FILE, path.toString()));
        return frame.finish();
    }
}
