package dev.mayfly.env.fuse.jfuse;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.env.routed.PathTree;
import dev.mayfly.env.routed.TreeServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.cryptomator.jfuse.api.Fuse;
import org.cryptomator.jfuse.api.FuseBuilder;
import org.cryptomator.jfuse.api.FuseMountFailedException;

/** Mounts through the FUSE library of the system. Was run on Linux, and was not tried on a Mac. */
public final class JfuseServer implements TreeServer {
    /** Seconds, about 68 years. */
    private static final int FOREVER = Integer.MAX_VALUE;

    private final FuseLibrary.Found library;
    private final CallerContext context;
    private final Log log;

    /** @throws MayflyException {@code FUSE_MISSING} */
    public JfuseServer(FuseLibrary.Found library, Log log) {
        this.library = library;
        this.context = CallerContext.of(library.file());
        this.log = log.named("jfuse");
    }

    @Override
    public Mounted mount(PathTree tree, Path point, Memory memory) {
        if (!Files.isDirectory(point)) {
            throw new MayflyException(
                    ErrorCode.MOUNT_POINT_MISSING,
                    "there is no folder " + point,
                    "it is where a mount goes",
                    library.mac()
                            ? "echo '" + String.valueOf(point.getFileName())
                                    + "' | sudo tee -a /etc/synthetic.conf   # and restart; docs/env.md tells more"
                            : "mkdir -p " + point);
        }
        FuseBuilder builder = Fuse.builder();
        builder.setLibraryPath(library.file().toString());
        Fuse fuse = builder.build(new TreeOperations(tree, builder.errno(), context::pid, log));
        try {
            fuse.mount("mayfly", point, options(memory).toArray(String[]::new));
            return () -> end(fuse, point);
        } catch (FuseMountFailedException e) {
            end(fuse, point);
            throw new MayflyException(
                    ErrorCode.FUSE_DENIED,
                    "nothing can be mounted at " + point,
                    String.valueOf(e.getMessage()),
                    library.mac()
                            ? "allow macFUSE in System Settings, Privacy & Security, and restart"
                            : "run as root, or see that fusermount3 is set-user-id: ls -l $(command -v fusermount3)",
                    e);
        }
    }

    private List<String> options(Memory memory) {
        int seconds = memory == Memory.EVERYTHING ? FOREVER : 0;
        List<String> options = new ArrayList<>(List.of(
                "-oro",
                "-ofsname=mayfly",
                "-oallow_other",
                "-odefault_permissions",
                "-oattr_timeout=" + seconds,
                "-oentry_timeout=" + seconds,
                "-onegative_timeout=" + seconds));
        if (library.mac()) {
            // Apple's own files would be asked for in every folder.
            options.addAll(List.of("-onoappledouble", "-onoapplexattr", "-ovolname=mayfly"));
        }
        if (memory == Memory.EVERYTHING && !library.mac()) {
            options.add("-okernel_cache");
        }
        return options;
    }

    private void end(Fuse fuse, Path point) {
        try {
            fuse.close();
        } catch (TimeoutException e) {
            log.warn().with("point", point).log("a mount does not end; somebody uses it");
        }
    }
}
