package dev.mayfly.bench.env;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.base.log.Log;
import dev.mayfly.env.erofs.ViewMount;
import dev.mayfly.env.fuse.DirectMount;
import dev.mayfly.env.fuse.FuseOptions;
import dev.mayfly.env.fuse.FuseServer;
import dev.mayfly.env.fuse.MountOptions;
import dev.mayfly.env.render.Render;
import dev.mayfly.env.render.Strategy;
import dev.mayfly.env.view.View;
import dev.mayfly.platform.linux.MountFailure;
import dev.mayfly.platform.linux.NewMount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes each way to show one view. What this machine cannot do is a {@link MayflyException} that says why. */
public final class FrontEnds {
    private static final int READ_ONLY = NewMount.READ_ONLY | NewMount.NOSUID | NewMount.NODEV | NewMount.NOATIME;
    private static final int THREADS = 2;

    private final Farm farm;
    private final View view;
    private final Path folder;

    /** @param folder for renders, mount points and images, on the file system of the repository */
    public FrontEnds(Farm farm, View view, Path folder) {
        this.farm = farm;
        this.view = view;
        this.folder = folder;
    }

    /** The anchor: what SPFS shows, before it puts an overlay above it. */
    public FrontEnd rendered() {
        Path root = folder.resolve("render");
        render(root);
        return new FrontEnd("native", "native files (hard-linked render)", root, () -> {});
    }

    /** A tree of hard links; what they are names of is kept for the next one. */
    public void render(Path root) {
        new Render(farm.repository().payloads(), Strategy.HARD_LINK, folder.resolve("shared")).to(view, root);
    }

    /** As SPFS shows a render to a command. */
    public FrontEnd overlay(FrontEnd below) {
        Path root = made("overlay");
        try (NewMount mount = NewMount.of("overlay")) {
            mount.set("source", "mayfly-bench")
                    .set("lowerdir", below.root().toString())
                    .set("upperdir", made("upper").toString())
                    .set("workdir", made("work").toString())
                    .create(NewMount.NOATIME)
                    .attach(root);
        } catch (MountFailure e) {
            throw refused("an overlay", e);
        }
        String id = below.id().equals("native") ? "overlay" : "overlay_" + below.id();
        return new FrontEnd(id, "overlayfs on " + below.name(), root, () -> NewMount.detach(root));
    }

    public FrontEnd erofs() {
        ViewMount mount = farm.mounts().mounted(view, farm.contents());
        return new FrontEnd("mayfly_erofs", "A: EROFS image over packs", mount.path(), mount::close);
    }

    /** Served by this process, as a service would. */
    public FuseFrontEnd fuse() {
        Path root = made("fuse");
        DirectMount mount = DirectMount.at(root, MountOptions.named("mayfly-bench"), THREADS);
        FuseServer server = FuseServer.start(
                view,
                farm.repository().payloads()::find,
                FuseOptions.plain(folder.resolve("spool")),
                mount.devices(),
                Log.off());
        FrontEnd shown = new FrontEnd("mayfly_fuse", "B: our FUSE server, no-open", root, () -> {
            mount.close();
            server.close();
        });
        return new FuseFrontEnd(shown, server);
    }

    /** @param image of another maker, with its contents inside */
    public FrontEnd foreign(Path image) {
        Path root = made("foreign");
        try (NewMount mount = NewMount.of("erofs")) {
            mount.set("source", image.toString()).flag("ro").create(READ_ONLY).attach(root);
        } catch (MountFailure e) {
            throw refused("an image of mkfs.erofs", e);
        }
        return new FrontEnd("mkfs_erofs", "image of mkfs.erofs, contents inside", root, () -> NewMount.detach(root));
    }

    private Path made(String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MayflyException refused(String what, MountFailure e) {
        return new MayflyException(
                ErrorCode.VIEW_UNAVAILABLE,
                what + " cannot be mounted",
                String.valueOf(e.getMessage()),
                "run as root on a Linux that has it",
                e);
    }
}
