package dev.mayfly.env.routed;

import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.router.Router;
import dev.mayfly.env.view.View;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The root that all processes share. Each sees the names in the root of its own view, as links to where that view is. A
 * process without a view sees nothing.
 */
final class RootTree implements PathTree {
    private static final Facts ROOT = new Facts(FileMode.DIRECTORY | 0555, 0);
    private static final int LINK = FileMode.SYMLINK | 0777;

    private final Router<String> router;
    private final Processes processes;
    private final ViewsTree views;
    private final Path at;

    /** @param at where the views are mounted */
    RootTree(Router<String> router, Processes processes, ViewsTree views, Path at) {
        this.router = router;
        this.processes = processes;
        this.views = views;
        this.at = at;
    }

    private Optional<String> viewOf(int caller) {
        return router.route(processes.processOf(caller));
    }

    @Override
    public Optional<Facts> facts(String path, int caller) {
        return path.equals("/")
                ? Optional.of(ROOT)
                : target(path, caller).map(target -> new Facts(LINK, target.getBytes(StandardCharsets.UTF_8).length));
    }

    @Override
    public List<String> names(String path, int caller) {
        return viewOf(caller)
                .flatMap(views::view)
                .map(view -> ViewsTree.names(view, View.ROOT))
                .orElseGet(List::of);
    }

    @Override
    public Optional<String> target(String path, int caller) {
        byte[] name = path.substring(1).getBytes(StandardCharsets.UTF_8);
        if (!RawName.fits(name)) {
            return Optional.empty();
        }
        return viewOf(caller)
                .filter(view -> views.view(view)
                        .filter(found -> found.child(View.ROOT, RawName.of(name)) >= 0)
                        .isPresent())
                .map(view -> at.resolve(view) + path);
    }

    /** There are no files here. */
    @Override
    public int read(String path, ByteBuffer into, long offset) {
        return 0;
    }
}
