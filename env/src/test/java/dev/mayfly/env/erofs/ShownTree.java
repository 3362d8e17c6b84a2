package dev.mayfly.env.erofs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.view.View;
import dev.mayfly.platform.linux.RawEntry;
import dev.mayfly.platform.linux.RawFolder;
import dev.mayfly.platform.linux.RawStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;

/** Compares what processes see in a folder with a view, entry by entry. */
public final class ShownTree {
    private final View view;
    private final TestPayloads payloads;
    private final boolean countLinks;
    private int seen;

    private ShownTree(View view, TestPayloads payloads, boolean countLinks) {
        this.view = view;
        this.payloads = payloads;
        this.countLinks = countLinks;
    }

    /** @param countLinks whether numbers of links are those of the view: not so in trees of hard links */
    public static void assertShows(Path folder, View view, TestPayloads payloads, boolean countLinks)
            throws IOException {
        ShownTree tree = new ShownTree(view, payloads, countLinks);
        try (RawFolder root = RawFolder.open(folder)) {
            tree.folder(root, View.ROOT);
        }
        assertThat(tree.seen).isEqualTo(view.count());
    }

    private void folder(RawFolder folder, int node) throws IOException {
        seen++;
        RawStatus status = folder.status();
        assertThat(status.mode()).as("mode of %s", view.path(node)).isEqualTo(view.mode(node));
        TreeSet<RawName> names = new TreeSet<>();
        List<RawEntry> entries = folder.list();
        int folders = 0;
        for (RawEntry entry : entries) {
            RawName name = RawName.of(entry.name());
            assertThat(names.add(name))
                    .as("%s listed once in %s", name, view.path(node))
                    .isTrue();
            int child = view.child(node, name);
            assertThat(child).as("%s in %s", name, view.path(node)).isPositive();
            assertThat(entry.type() << 12).isEqualTo(view.mode(child) & FileMode.TYPE);
            assertThat(entry.inode()).isNotZero();
            if (view.isDirectory(child)) {
                folders++;
                try (RawFolder below = folder.folder(entry.name())) {
                    folder(below, child);
                }
            } else {
                leaf(folder, entry.name(), child);
            }
        }
        assertThat(names).hasSize(view.children(node));
        if (countLinks) {
            assertThat(status.links()).as("links of %s", view.path(node)).isEqualTo(2 + folders);
        }
    }

    private void leaf(RawFolder folder, byte[] name, int node) throws IOException {
        seen++;
        RawStatus status = folder.status(name);
        assertThat(status.size()).as("size of %s", view.path(node)).isEqualTo(view.size(node));
        byte[] content = view.isSymlink(node) ? folder.target(name) : folder.content(name);
        assertThat(content).as("content of %s", view.path(node)).isEqualTo(payloads.content(view.object(node)));
        assertThat(status.mode()).as("mode of %s", view.path(node)).isEqualTo(view.mode(node));
        if (countLinks) {
            assertThat(status.links()).isEqualTo(1);
        }
    }
}
