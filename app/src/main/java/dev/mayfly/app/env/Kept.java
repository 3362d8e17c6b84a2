package dev.mayfly.app.env;

import dev.mayfly.env.library.RecentViews;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What is known of views beyond one command: in a service, a layer is put over a view that somebody else has just asked for.
 * Safe for concurrent use.
 */
final class Kept {
    private final Path folder;
    private final RecentViews views = new RecentViews();
    private Optional<Shown> shown = Optional.empty();

    private Kept(Path folder) {
        this.folder = folder;
    }

    static Kept in(Path home) {
        return new Kept(home.resolve("env").resolve("views"));
    }

    RecentViews views() {
        return views;
    }

    /** Makes folders when it is first asked for, which most commands never do. */
    synchronized Shown shown() {
        if (shown.isEmpty()) {
            shown = Optional.of(new Shown(folder));
        }
        return shown.get();
    }
}
