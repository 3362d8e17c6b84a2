package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.api.InputFile;
import dev.mayfly.sandbox.api.LimitHit;
import dev.mayfly.sandbox.box.BoxLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The only files a program sees: a read-only root with {@code /workspace} and {@code /tmp}, both in memory. No host
 * path exists here, so an escape would have nowhere to go; what is denied is recorded all the same.
 *
 * <p>A walk keeps the directories it came through; {@code ..} at the descriptor it started from is an escape, whether
 * the program wrote it or a symbolic link did.
 */
final class Vfs {
    private static final int MAX_NAME_BYTES = 255;
    private static final int MAX_PATH_BYTES = 4096;

    /** As Linux has it (path_resolution(7)). */
    private static final int MAX_LINKS_FOLLOWED = 40;

    private static final String RULE = "fs.default";

    private final LongSupplier clock;
    private final Denials denials;
    private final VfsQuota nothing;
    private final VfsQuota workspaceQuota;
    private final VfsQuota tmpQuota;
    private final VfsNode.Directory root;
    private long lastInode;

    /** Where a path leads: the directory that has or could have the name; node is absent when nothing is there. */
    record Place(VfsNode.Directory parent, String name, List<VfsNode> found, boolean slashEnded) {
        VfsNode node() {
            if (found.isEmpty()) {
                throw new WasiException(Errno.NOENT);
            }
            return found.getFirst();
        }

        boolean exists() {
            return !found.isEmpty();
        }
    }

    Vfs(BoxLimits limits, Set<LimitHit> limitsHit, LongSupplier clock, Denials denials) {
        this.clock = clock;
        this.denials = denials;
        nothing = new VfsQuota(0, 0, limitsHit);
        workspaceQuota = new VfsQuota(limits.diskBytes(), limits.fileSizeBytes(), limitsHit);
        tmpQuota = new VfsQuota(limits.diskBytes(), limits.fileSizeBytes(), limitsHit);
        root = new VfsNode.Directory(++lastInode, nothing, clock.getAsLong());
        root.links = 1;
        mount("workspace", workspaceQuota);
        mount("tmp", tmpQuota);
    }

    private void mount(String name, VfsQuota quota) {
        VfsNode.Directory directory = new VfsNode.Directory(++lastInode, quota, clock.getAsLong());
        directory.links = 1;
        root.entries.put(name, directory);
    }

    VfsNode.Directory root() {
        return root;
    }

    long peakBytes() {
        return workspaceQuota.peakBytes() + tmpQuota.peakBytes();
    }

    /** Puts a request's file in place, with the directories above it. */
    void place(InputFile file) {
        String path = absolute(file.path());
        int slash = path.lastIndexOf('/');
        VfsNode.Directory parent = root;
        for (String name : path.substring(0, slash).split("/", -1)) {
            if (!name.isEmpty()) {
                VfsNode next = parent.entries.get(name);
                parent = next == null ? newDirectory(parent, name) : directory(next);
            }
        }
        VfsNode.File made = newFile(parent, path.substring(slash + 1));
        byte[] content = file.content();
        if (made.write(0, content, 0, content.length) < content.length) {
            throw new WasiException(Errno.NOSPC);
        }
    }

    static String absolute(String path) {
        return path.startsWith("/") ? path : "/workspace/" + path;
    }

    static VfsNode.Directory directory(VfsNode node) {
        if (node instanceof VfsNode.Directory directory) {
            return directory;
        }
        throw new WasiException(Errno.NOTDIR);
    }

    /**
     * Walks a path from a directory.
     *
     * @param origin how the start is called in violations
     * @param followLast whether a symbolic link at the end is followed
     */
    Place walk(VfsNode.Directory start, String origin, String path, boolean followLast) {
        checkPath(start, origin, path);
        Deque<VfsNode.Directory> trail = new ArrayDeque<>();
        trail.push(start);
        Deque<String> todo = new ArrayDeque<>(names(path));
        boolean slashEnded = path.endsWith("/");
        int followed = 0;
        while (true) {
            VfsNode.Directory here = trail.element();
            String name = todo.isEmpty() ? "." : todo.pop();
            boolean last = todo.isEmpty();
            if (name.equals(".")) {
                if (last) {
                    return new Place(here, ".", List.of(here), false);
                }
                continue;
            }
            if (name.equals("..")) {
                if (trail.size() == 1) {
                    throw escape(origin, path);
                }
                trail.pop();
                if (last) {
                    return new Place(trail.element(), ".", List.of(trail.element()), false);
                }
                continue;
            }
            VfsNode node = here.entries.get(name);
            if (node == null) {
                if (here == root) {
                    // Whatever lies outside the two trees was not granted; the program is told that nothing is there.
                    denials.add(RULE, "/" + name + (last ? "" : "/" + String.join("/", todo)));
                }
                if (!last) {
                    throw new WasiException(Errno.NOENT);
                }
                return new Place(here, name, List.of(), slashEnded);
            }
            if (node instanceof VfsNode.Link link && (!last || followLast || slashEnded)) {
                if (++followed > MAX_LINKS_FOLLOWED) {
                    throw new WasiException(Errno.LOOP);
                }
                List<String> target = new ArrayList<>(names(link.target));
                Collections.reverse(target);
                target.forEach(todo::push);
                continue;
            }
            if (last) {
                if (slashEnded) {
                    directory(node);
                }
                return new Place(here, name, List.of(node), slashEnded);
            }
            trail.push(directory(node));
        }
    }

    private void checkPath(VfsNode.Directory start, String origin, String path) {
        if (path.isEmpty() || start.removed) {
            throw new WasiException(Errno.NOENT);
        }
        if (path.indexOf('\0') >= 0) {
            throw new WasiException(Errno.INVAL);
        }
        if (path.length() > MAX_PATH_BYTES) {
            throw new WasiException(Errno.NAMETOOLONG);
        }
        if (path.startsWith("/")) {
            throw escape(origin, path);
        }
    }

    private WasiException escape(String origin, String path) {
        denials.add(RULE, path.startsWith("/") ? path : origin + "/" + path);
        return new WasiException(Errno.NOTCAPABLE);
    }

    private static List<String> names(String path) {
        List<String> names = new ArrayList<>();
        for (String name : path.split("/", -1)) {
            if (!name.isEmpty()) {
                names.add(name);
            }
        }
        return names;
    }

    private void checkWritable(VfsNode.Directory parent, String name) {
        if (!parent.quota.writable()) {
            denials.add(RULE, "write /" + name);
            throw new WasiException(Errno.ROFS);
        }
        if (parent.removed) {
            throw new WasiException(Errno.NOENT);
        }
    }

    private void checkNew(Place place) {
        if (place.exists()) {
            throw new WasiException(Errno.EXIST);
        }
        checkWritable(place.parent(), place.name());
        if (place.name().getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw new WasiException(Errno.NAMETOOLONG);
        }
    }

    VfsNode.File createFile(Place place) {
        checkNew(place);
        if (place.slashEnded()) {
            throw new WasiException(Errno.ISDIR);
        }
        return newFile(place.parent(), place.name());
    }

    private VfsNode.File newFile(VfsNode.Directory parent, String name) {
        parent.quota.takeEntry();
        VfsNode.File file = new VfsNode.File(++lastInode, parent.quota, clock.getAsLong());
        attach(parent, name, file);
        return file;
    }

    void createDirectory(Place place) {
        checkNew(place);
        newDirectory(place.parent(), place.name());
    }

    private VfsNode.Directory newDirectory(VfsNode.Directory parent, String name) {
        parent.quota.takeEntry();
        VfsNode.Directory made = new VfsNode.Directory(++lastInode, parent.quota, clock.getAsLong());
        attach(parent, name, made);
        return made;
    }

    void createLink(Place place, String target, String origin) {
        if (target.isEmpty() || target.indexOf('\0') >= 0) {
            throw new WasiException(Errno.INVAL);
        }
        if (target.length() > MAX_PATH_BYTES) {
            throw new WasiException(Errno.NAMETOOLONG);
        }
        if (target.startsWith("/")) {
            throw escape(origin, target);
        }
        checkNew(place);
        place.parent().quota.takeEntry();
        if (!place.parent().quota.takeBlocks(1)) {
            place.parent().quota.giveEntry();
            throw new WasiException(Errno.NOSPC);
        }
        attach(
                place.parent(),
                place.name(),
                new VfsNode.Link(++lastInode, place.parent().quota, clock.getAsLong(), target));
    }

    void hardLink(VfsNode node, Place place) {
        if (node instanceof VfsNode.Directory) {
            throw new WasiException(Errno.PERM);
        }
        checkNew(place);
        if (node.quota != place.parent().quota) {
            throw new WasiException(Errno.XDEV);
        }
        place.parent().quota.takeEntry();
        attach(place.parent(), place.name(), node);
    }

    void unlinkFile(Place place) {
        VfsNode node = place.node();
        checkWritable(place.parent(), place.name());
        if (node instanceof VfsNode.Directory) {
            throw new WasiException(Errno.ISDIR);
        }
        detach(place.parent(), place.name(), node);
    }

    void removeDirectory(Place place) {
        VfsNode.Directory gone = directory(place.node());
        checkWritable(place.parent(), place.name());
        if (place.name().equals(".")) {
            throw new WasiException(Errno.INVAL);
        }
        if (!gone.entries.isEmpty()) {
            throw new WasiException(Errno.NOTEMPTY);
        }
        detach(place.parent(), place.name(), gone);
    }

    void rename(Place from, Place to) {
        VfsNode node = from.node();
        checkWritable(from.parent(), from.name());
        checkWritable(to.parent(), to.name());
        if (from.name().equals(".") || to.name().equals(".")) {
            throw new WasiException(Errno.INVAL);
        }
        if (from.parent().quota != to.parent().quota) {
            throw new WasiException(Errno.XDEV);
        }
        if (to.name().getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
            throw new WasiException(Errno.NAMETOOLONG);
        }
        if (node instanceof VfsNode.Directory moved && contains(moved, to.parent())) {
            throw new WasiException(Errno.INVAL);
        }
        if (to.exists()) {
            VfsNode replaced = to.node();
            if (replaced == node) {
                return;
            }
            replace(node, replaced, to);
        }
        from.parent().entries.remove(from.name());
        to.parent().entries.put(to.name(), node);
        long now = clock.getAsLong();
        from.parent().touch(now);
        to.parent().touch(now);
    }

    private void replace(VfsNode node, VfsNode replaced, Place to) {
        if (replaced instanceof VfsNode.Directory there) {
            if (!(node instanceof VfsNode.Directory)) {
                throw new WasiException(Errno.ISDIR);
            }
            if (!there.entries.isEmpty()) {
                throw new WasiException(Errno.NOTEMPTY);
            }
        } else if (node instanceof VfsNode.Directory) {
            throw new WasiException(Errno.NOTDIR);
        }
        detach(to.parent(), to.name(), replaced);
    }

    private static boolean contains(VfsNode.Directory tree, VfsNode.Directory wanted) {
        Deque<VfsNode.Directory> todo = new ArrayDeque<>(List.of(tree));
        while (!todo.isEmpty()) {
            VfsNode.Directory next = todo.pop();
            if (next == wanted) {
                return true;
            }
            for (VfsNode child : next.entries.values()) {
                if (child instanceof VfsNode.Directory directory) {
                    todo.push(directory);
                }
            }
        }
        return false;
    }

    private void attach(VfsNode.Directory parent, String name, VfsNode node) {
        parent.entries.put(name, node);
        node.links++;
        parent.touch(clock.getAsLong());
    }

    private void detach(VfsNode.Directory parent, String name, VfsNode node) {
        parent.entries.remove(name);
        parent.touch(clock.getAsLong());
        node.quota.giveEntry();
        node.links--;
        switch (node) {
            case VfsNode.File file -> file.freeIfUnreachable();
            case VfsNode.Directory directory -> directory.removed = true;
            case VfsNode.Link _ -> node.quota.giveBlocks(1);
        }
    }
}
