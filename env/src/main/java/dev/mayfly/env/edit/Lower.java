package dev.mayfly.env.edit;

import dev.mayfly.env.object.RawName;
import dev.mayfly.env.view.View;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A folder of what an overlay has below it, found when somebody asks for it and not before: most changes can be read without
 * knowing what is below them, and to read a view of 100,000 files takes longer than everything else.
 */
final class Lower {
    /** Made once, however many folders ask. Used by one thread. */
    private static final class Below {
        private final Supplier<View> maker;
        private Optional<View> made = Optional.empty();

        Below(Supplier<View> maker) {
            this.maker = maker;
        }

        View view() {
            if (made.isEmpty()) {
                made = Optional.of(maker.get());
            }
            return made.get();
        }
    }

    private record Place(Lower folder, RawName name) {}

    private static final int NOT_LOOKED = -2;

    private final Below below;
    private final Optional<Place> place;
    private int node = NOT_LOOKED;

    private Lower(Below below, Optional<Place> place) {
        this.below = below;
        this.place = place;
    }

    static Lower root(Supplier<View> view) {
        return new Lower(new Below(view), Optional.empty());
    }

    Lower child(RawName name) {
        return new Lower(below, Optional.of(new Place(this, name)));
    }

    View view() {
        return below.view();
    }

    /** The folder's node in {@link #view}, or -1 when there is no such folder. */
    int node() {
        if (node == NOT_LOOKED) {
            node = place.map(Lower::look).orElse(View.ROOT);
        }
        return node;
    }

    private static int look(Place place) {
        int above = place.folder().node();
        View view = place.folder().view();
        int there = above < 0 ? -1 : view.child(above, place.name());
        return there >= 0 && view.isDirectory(there) ? there : -1;
    }
}
