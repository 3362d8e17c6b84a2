package dev.mayfly.bench;

import dev.mayfly.bench.env.FrontEnd;
import dev.mayfly.bench.env.FrontEnds;
import dev.mayfly.bench.env.LargeView;
import dev.mayfly.bench.env.MkfsErofs;
import dev.mayfly.env.erofs.ViewMount;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.view.View;
import dev.mayfly.platform.linux.MountNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** From a resolved stack to a file that can be read in a fresh mount namespace. */
final class EnvMounts {
    private static final int LAYER_FILES = 100;
    private static final int SMALL_SCALE = 10_000;
    /** What takes seconds is not done as often as what takes milliseconds. */
    private static final int SLOW_RUNS = 3;

    private final EnvStage stage;
    private final Path target;
    private final String file;
    private final List<ViewMount> held = new ArrayList<>();

    EnvMounts(EnvStage stage) throws IOException {
        this.stage = stage;
        this.target = Files.createDirectories(stage.folder.resolve("shown"));
        this.file = stage.tree.file(stage.tree.files() / 2);
    }

    /** @param rendered the same tree as plain files */
    void measure(FrontEnd rendered, FrontEnds ways) throws IOException, InterruptedException {
        stage.voice.progress("mounts");
        cached(rendered, ways);
        made();
        scale();
        others(rendered);
    }

    /** Whoever is first to see the view in a namespace of its own. */
    private void usable(Path root) throws InterruptedException {
        MountNamespace.fresh(() -> {
            MountNamespace.bind(root, target);
            return Files.size(target.resolve(file));
        });
    }

    private void cached(FrontEnd rendered, FrontEnds ways) throws IOException, InterruptedException {
        Digest key;
        try (ViewMount first = stage.farm.mounts().mounted(stage.view(), stage.farm.contents())) {
            key = first.key();
        }
        Turns turns = new Turns();
        turns.add("namespace", "fresh namespace, native files bound", () -> usable(rendered.root()));
        turns.add("namespace_overlay", "fresh namespace, overlay mounted on a render that is there", () -> {
            try (FrontEnd overlay = ways.overlay(rendered)) {
                usable(overlay.root());
            }
        });
        turns.add(
                "mayfly_again",
                "fresh namespace, image cached, not mounted",
                () -> stage.farm.mounts().unmountUnused(),
                () -> again(key),
                () -> {});
        turns.add(
                "mayfly_mounted",
                "fresh namespace, mounted already",
                () -> held.add(stage.farm.mounts().again(key).orElseThrow()),
                () -> again(key),
                this::letGo);
        stage.times.addAll(turns.measure(stage.options.runs()));
    }

    private void again(Digest key) throws InterruptedException {
        try (ViewMount mount = stage.farm.mounts().again(key).orElseThrow()) {
            usable(mount.path());
        }
    }

    private void letGo() {
        held.forEach(ViewMount::close);
        held.clear();
    }

    /** Images that are not there yet: of the whole tree, and of the tree with one small layer more. */
    private void made() throws IOException, InterruptedException {
        int runs = Math.max(SLOW_RUNS, stage.options.runs() / 5);
        List<Digest> stack = new ArrayList<>();
        Turns turns = new Turns();
        turns.add(
                "mayfly_first",
                "first time: layers read, stacked, image written, mounted",
                this::forgetImages,
                () -> shown(stage.farm.viewAnew(List.of(stage.layer))),
                () -> {});
        turns.add(
                "mayfly_add",
                "the same with a layer of " + LAYER_FILES + " files more, the rest known",
                () -> {
                    held.add(stage.farm.mounts().mounted(stage.view(), stage.farm.contents()));
                    stack.clear();
                    stack.addAll(List.of(stage.layer, stage.another(LAYER_FILES)));
                },
                () -> shown(stage.farm.view(stack)),
                this::letGo);
        stage.times.addAll(turns.measure(runs));
    }

    private void shown(View view) throws InterruptedException {
        try (ViewMount mount = stage.farm.mounts().mounted(view, stage.farm.contents())) {
            usable(mount.path());
        }
    }

    private void forgetImages() throws IOException {
        stage.farm.mounts().unmountUnused();
        try (var images = Files.newDirectoryStream(stage.farm.folder().resolve("views/images"))) {
            for (Path each : images) {
                Files.delete(each);
            }
        }
    }

    /** The same mount for a view of few files and for one of very many; contents are one block that all share. */
    private void scale() throws IOException, InterruptedException {
        if (stage.options.scale() == 0) {
            return;
        }
        stage.voice.progress("a view of " + stage.options.scale() + " files");
        Path block = Files.write(stage.folder.resolve("block"), new byte[4096]);
        Turns turns = new Turns();
        turns.add(
                "mayfly_again_small",
                "image cached, " + SMALL_SCALE + " files: mount",
                () -> stage.farm.mounts().unmountUnused(),
                remount(LargeView.of(SMALL_SCALE), block),
                () -> {});
        turns.add(
                "mayfly_again_large",
                "image cached, " + stage.options.scale() + " files: mount",
                () -> stage.farm.mounts().unmountUnused(),
                remount(LargeView.of(stage.options.scale()), block),
                () -> {});
        stage.times.addAll(turns.measure(Math.max(SLOW_RUNS, stage.options.runs() / 2)));
    }

    private Turns.Step remount(View view, Path block) {
        Digest key;
        try (ViewMount first = stage.farm.mounts().mounted(view, LargeView.contents(block))) {
            key = first.key();
        }
        return () -> stage.farm.mounts().again(key).orElseThrow().close();
    }

    /** What others need before anything can be mounted. */
    private void others(FrontEnd rendered) throws IOException, InterruptedException {
        int runs = Math.min(SLOW_RUNS, stage.options.runs());
        Turns turns = new Turns();
        Path again = stage.folder.resolve("rendered-again");
        turns.add(
                "render",
                "anchor: a render with hard links, as before each first run",
                () -> {},
                () -> new FrontEnds(stage.farm, stage.view(), stage.folder).render(again),
                () -> Trees.remove(again));
        Optional<MkfsErofs> tool = MkfsErofs.find(stage.environment.getOrDefault("PATH", ""));
        if (tool.isPresent()) {
            Path image = stage.folder.resolve("foreign.erofs");
            turns.add(
                    "mkfs_erofs",
                    "anchor: mkfs.erofs of the render, contents copied",
                    () -> tool.get().make(image, rendered.root()));
        }
        stage.times.addAll(turns.measure(runs));
    }
}
