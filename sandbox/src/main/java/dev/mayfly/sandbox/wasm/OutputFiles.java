package dev.mayfly.sandbox.wasm;

import dev.mayfly.sandbox.box.CollectedFile;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Collects what a program left below /workspace and the request asked for. */
final class OutputFiles {
    private final List<List<String>> globs;
    private final long byteLimit;
    private final List<CollectedFile> collected = new ArrayList<>();
    private final List<String> dropped = new ArrayList<>();
    private final TreeMap<String, VfsNode> matches = new TreeMap<>();
    private long bytes;

    OutputFiles(List<String> globs, long byteLimit) {
        this.globs = globs.stream().map(glob -> List.of(glob.split("/"))).toList();
        this.byteLimit = byteLimit;
    }

    List<CollectedFile> collected() {
        return collected;
    }

    List<String> dropped() {
        return dropped;
    }

    void collect(VfsNode.Directory workspace) {
        if (globs.isEmpty()) {
            return;
        }
        match(workspace, new ArrayList<>());
        matches.forEach(this::take);
    }

    private void match(VfsNode.Directory directory, List<String> above) {
        directory.entries.forEach((name, node) -> {
            List<String> path = new ArrayList<>(above);
            path.add(name);
            if (globs.stream().anyMatch(glob -> matches(glob, 0, path, 0))) {
                matches.put(String.join("/", path), node);
            }
            // The path limit of a walk bounds how deep a program can build; this guards the recursion all the same.
            if (node instanceof VfsNode.Directory below && path.size() < 1000) {
                match(below, path);
            }
        });
    }

    private void take(String path, VfsNode node) {
        switch (node) {
            case VfsNode.Directory _ -> {}
            case VfsNode.Link _ -> dropped.add(path + ": not a regular file");
            case VfsNode.File file -> {
                if (file.size() > byteLimit - bytes) {
                    dropped.add(path + ": " + file.size() + " bytes do not fit the limit of " + byteLimit
                            + " bytes for all outputs");
                    return;
                }
                byte[] content = new byte[(int) file.size()];
                file.read(0, content, 0, content.length);
                bytes += content.length;
                collected.add(new CollectedFile(path, content));
            }
        }
    }

    /** {@code **} stands for any number of folders. */
    private static boolean matches(List<String> glob, int g, List<String> path, int p) {
        if (g == glob.size()) {
            return p == path.size();
        }
        if (glob.get(g).equals("**")) {
            return matches(glob, g + 1, path, p) || p < path.size() && matches(glob, g, path, p + 1);
        }
        return p < path.size() && nameMatches(glob.get(g), path.get(p)) && matches(glob, g + 1, path, p + 1);
    }

    /** {@code *} and {@code ?} within a name; the usual two-pointer walk, linear in practice and never exponential. */
    private static boolean nameMatches(String glob, String name) {
        int g = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.length()) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                star = g++;
                resume = n;
            } else if (g < glob.length() && (glob.charAt(g) == '?' || glob.charAt(g) == name.charAt(n))) {
                g++;
                n++;
            } else if (star >= 0) {
                g = star + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        while (g < glob.length() && glob.charAt(g) == '*') {
            g++;
        }
        return g == glob.length();
    }
}
