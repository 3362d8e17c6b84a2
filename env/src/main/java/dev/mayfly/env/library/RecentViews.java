package dev.mayfly.env.library;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.view.View;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The views that were asked for last, by their layers; both are immutable, so none is ever out of date. Safe for concurrent use. */
public final class RecentViews {
    /** As many as people work with at once: one of 100,000 files has some 15 MB, and shares most of it with its like. */
    private static final int MOST = 4;

    private final Map<List<Digest>, View> views = new LinkedHashMap<>();

    synchronized Optional<View> find(List<Digest> layers) {
        Optional<View> found = Optional.ofNullable(views.remove(layers));
        found.ifPresent(view -> views.put(List.copyOf(layers), view));
        return found;
    }

    synchronized void keep(List<Digest> layers, View view) {
        views.remove(layers);
        views.put(List.copyOf(layers), view);
        if (views.size() > MOST) {
            views.remove(views.keySet().iterator().next());
        }
    }
}
