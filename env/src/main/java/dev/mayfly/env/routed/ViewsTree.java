package dev.mayfly.env.routed;

import dev.mayfly.env.object.Digest;
import dev.mayfly.env.object.RawName;
import dev.mayfly.env.repo.FileRange;
import dev.mayfly.env.repo.Payload;
import dev.mayfly.env.view.View;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * All views, each in a folder of its own name. Who asks does not matter: whoever has a path may see what is there. A name
 * that is no UTF-8 cannot be said to a library that has paths as texts; it is left out.
 */
final class ViewsTree implements PathTree {
    private static final Facts ROOT = new Facts(dev.mayfly.env.object.FileMode.DIRECTORY | 0555, 0);

    private record Spot(View view, int node) {}

    private final Map<String, View> views = new ConcurrentHashMap<>();
    private final Function<Digest, Optional<Payload>> payloads;

    ViewsTree(Function<Digest, Optional<Payload>> payloads) {
        this.payloads = payloads;
    }

    /** @param name never used before: what is under it is remembered for ever */
    void add(String name, View view) {
        views.put(name, view);
    }

    void remove(String name) {
        views.remove(name);
    }

    Optional<View> view(String name) {
        return Optional.ofNullable(views.get(name));
    }

    private Optional<Spot> find(String path) {
        int end = path.indexOf('/', 1);
        String name = path.substring(1, end < 0 ? path.length() : end);
        return view(name)
                .flatMap(view -> view.find(end < 0 ? "" : path.substring(end)).map(node -> new Spot(view, node)));
    }

    @Override
    public Optional<Facts> facts(String path, int caller) {
        return path.equals("/")
                ? Optional.of(ROOT)
                : find(path).map(at -> new Facts(at.view.mode(at.node), at.view.size(at.node)));
    }

    /** Names of views are nobody's business. */
    @Override
    public List<String> names(String path, int caller) {
        return path.equals("/")
                ? List.of()
                : find(path).map(at -> names(at.view, at.node)).orElseGet(List::of);
    }

    static List<String> names(View view, int directory) {
        int first = view.firstChild(directory);
        List<String> names = new ArrayList<>(view.children(directory));
        for (int i = first; i < first + view.children(directory); i++) {
            RawName name = view.name(i);
            if (name.isText()) {
                names.add(name.toString());
            }
        }
        return names;
    }

    @Override
    public Optional<String> target(String path, int caller) {
        return find(path).filter(at -> at.view.isSymlink(at.node)).map(at -> {
            ByteBuffer target = ByteBuffer.allocate((int) at.view.size(at.node));
            try {
                read(at, target, 0);
            } catch (IOException e) {
                return "";
            }
            return new String(target.array(), StandardCharsets.UTF_8);
        });
    }

    @Override
    public int read(String path, ByteBuffer into, long offset) throws IOException {
        Spot at = find(path)
                .filter(each -> each.view.isRegular(each.node))
                .orElseThrow(() -> new IOException("there is no file at " + path));
        return read(at, into, offset);
    }

    private int read(Spot at, ByteBuffer into, long offset) throws IOException {
        long size = at.view.size(at.node);
        int wanted = (int) Math.min(into.remaining(), Math.max(size - offset, 0));
        if (wanted == 0) {
            return 0;
        }
        Digest digest = at.view.object(at.node);
        FileRange range = payloads.apply(digest)
                .flatMap(Payload::range)
                .filter(found -> found.length() == size)
                .orElseThrow(() -> new IOException("the payload " + digest + " is not on this machine"));
        ByteBuffer room = into.slice(into.position(), wanted);
        try (FileChannel file = FileChannel.open(range.file())) {
            while (room.hasRemaining()) {
                if (file.read(room, range.offset() + offset + room.position()) < 0) {
                    throw new IOException("the payload " + digest + " ends too early in " + range.file());
                }
            }
        }
        into.position(into.position() + wanted);
        return wanted;
    }
}
