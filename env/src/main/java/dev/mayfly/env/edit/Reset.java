package dev.mayfly.env.edit;

import dev.mayfly.base.error.ErrorCode;
import dev.mayfly.base.error.MayflyException;
import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.FileMode;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.repo.CheckedStream;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.repo.Payloads;
import dev.mayfly.env.view.View;
import dev.mayfly.platform.linux.ErrnoException;
import dev.mayfly.platform.linux.Libc;
import dev.mayfly.platform.linux.OpenFlag;
import dev.mayfly.platform.linux.RawFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes changes back by making the opposite ones in the mount, where processes see them at once. The upper folder itself is
 * not touched, because it is mounted; a scan that leaves out what is as below finds nothing of what was taken back.
 */
public final class Reset {
    private static final int PERMISSIONS = 07777;

    private final View below;
    private final Payloads payloads;

    /** @param below what the mount shows without changes, with payloads of all its files */
    public Reset(View below, Payloads payloads) {
        this.below = below;
        this.payloads = payloads;
    }

    /**
     * Those that a pattern matches, or that are below what one matches.
     *
     * @param globs paths from the root; {@code *} and {@code ?} do not match a slash, {@code **} does
     */
    public static List<Change> select(List<Change> changes, List<String> globs) {
        List<Pattern> patterns = globs.stream().map(Reset::pattern).toList();
        return changes.stream()
                .filter(change -> patterns.stream()
                        .anyMatch(pattern -> pattern.matcher(change.text()).matches()))
                .toList();
    }

    private static Pattern pattern(String glob) {
        StringBuilder regex = new StringBuilder();
        String path = glob.startsWith("/") ? glob : "/" + glob;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '*' && i + 1 < path.length() && path.charAt(i + 1) == '*') {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return Pattern.compile(regex + "(/.*)?", Pattern.DOTALL);
    }

    /**
     * Takes them back.
     *
     * @param mount where the changed view is shown
     * @param changes in the order of {@link Diff}
     * @throws MayflyException {@code CONTENT_MISSING} for a payload that is not there, {@code INPUT_UNREADABLE} when the mount
     *     does not let it; some changes may be taken back then
     */
    public void apply(Path mount, List<Change> changes) {
        try (RawFolder root = RawFolder.open(mount)) {
            // What was added goes first, from the leaves up, or it would stand in the way of what comes back.
            for (Change change : changes.reversed()) {
                clear(root, change);
            }
            for (Change change : changes) {
                restore(root, change);
            }
        } catch (IOException e) {
            throw new MayflyException(
                    ErrorCode.INPUT_UNREADABLE,
                    "the changes in " + mount + " cannot be taken back",
                    String.valueOf(e.getMessage()),
                    "end the programs that work there, and try again",
                    e);
        }
    }

    private void clear(RawFolder root, Change change) throws IOException {
        if (change.kind() == Change.Kind.REMOVED) {
            return;
        }
        try (Parents parents = new Parents(root)) {
            RawFolder parent = parents.down(change.path(), false);
            byte[] name = change.path().getLast().bytes();
            boolean isFolder = FileMode.isDirectory(parent.status(name).mode());
            if (change.kind() == Change.Kind.CHANGED && isFolder && below.isDirectory(node(change.path()))) {
                return; // only its mode is another
            }
            if (isFolder) {
                parent.removeFolder(name);
            } else {
                parent.remove(name);
            }
        } catch (ErrnoException e) {
            if (!e.errno().name().equals("ENOENT") && !e.errno().name().equals("ENOTDIR")) {
                throw e;
            }
        }
    }

    private void restore(RawFolder root, Change change) throws IOException {
        if (change.kind() == Change.Kind.ADDED) {
            return;
        }
        try (Parents parents = new Parents(root)) {
            RawFolder parent = parents.down(change.path(), true);
            put(parent, change.path().getLast().bytes(), node(change.path()));
        }
    }

    private void put(RawFolder parent, byte[] name, int node) throws IOException {
        int permissions = below.mode(node) & PERMISSIONS;
        if (below.isDirectory(node)) {
            try {
                parent.makeFolder(name, permissions);
            } catch (ErrnoException e) {
                if (!e.errno().name().equals("EEXIST")) {
                    throw e;
                }
            }
            parent.permissions(name, permissions);
            return;
        }
        Payload payload = payloads.find(below.object(node)).orElseThrow(() -> missing(below.object(node)));
        try (InputStream content = new CheckedStream(payload.open(), below.object(node))) {
            if (below.isSymlink(node)) {
                parent.symlink(content.readAllBytes(), name);
                return;
            }
            int file = parent.file(name, OpenFlag.WRONLY | OpenFlag.CREAT | OpenFlag.EXCL, 0600);
            try {
                RawFolder.write(file, content);
            } finally {
                Libc.close(file);
            }
            parent.permissions(name, permissions);
        }
    }

    private MayflyException missing(Digest payload) {
        return new MayflyException(
                ErrorCode.CONTENT_MISSING,
                "a file cannot be put back",
                "payload " + payload + " is not in the repository",
                "pull the layers of this environment again");
    }

    private int node(List<RawName> path) {
        int node = View.ROOT;
        for (RawName name : path) {
            node = below.child(node, name);
        }
        return node;
    }

    /** The folders on the way to a name, open as long as this is. */
    private final class Parents implements AutoCloseable {
        private final RawFolder root;
        private final Deque<RawFolder> open = new ArrayDeque<>();

        Parents(RawFolder root) {
            this.root = root;
        }

        /** @param make whether folders that are missing come back as well */
        RawFolder down(List<RawName> path, boolean make) throws IOException {
            RawFolder at = root;
            int node = View.ROOT;
            for (RawName name : path.subList(0, path.size() - 1)) {
                node = node < 0 ? -1 : below.child(node, name);
                if (make && node >= 0 && !exists(at, name.bytes())) {
                    put(at, name.bytes(), node);
                }
                at = at.folder(name.bytes());
                open.push(at);
            }
            return at;
        }

        private boolean exists(RawFolder folder, byte[] name) throws IOException {
            try {
                folder.status(name);
                return true;
            } catch (ErrnoException e) {
                if (e.errno().name().equals("ENOENT")) {
                    return false;
                }
                throw e;
            }
        }

        @Override
        public void close() {
            open.forEach(RawFolder::close);
        }
    }
}
